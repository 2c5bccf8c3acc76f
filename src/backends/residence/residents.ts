import { type Collect, forcedCollection } from './forcedCollection.js'

/**
 * Storage of an array on a device. Its handle holds it, and it doesn't reach its handle: where only the handle holds it,
 * both go together.
 */
export interface Resident {
  /** On the device. */
  readonly bytes: number
  /** For people. */
  readonly name: string
  /** How many runs use it now; it stays where it is. */
  pins: number
  /** When it was last used, in bytes that were made or used by then. */
  lastUse: number
  handle: WeakRef<object> | null
  /** Gives the device's memory back. */
  free(): void
  /** Moves the elements to host memory; `false`: that is impossible. */
  spill(): boolean
  /** As `spill`, of a device that answers later. */
  spillLater?(): Promise<boolean>
}

export type ResidenceOptions = {
  /** How the dead are collected at once; `null`: they can't be, and storage moves to host memory. Node's collector, where it is left out. */
  readonly collect?: Collect | null
  /** Bytes up to which nothing is done. */
  readonly softLimit?: number
}

/** Soft limits: a collection costs the same however much it frees, a copy by the byte. */
const ifCollected = 2 ** 29
const ifSpilled = 2 ** 28

/** Bytes of JavaScript's memory that an array takes, roughly; so that very many small ones count too. */
const ofHandle = 1024

/** Bytes made or used after which a turn of the event loop pays. */
const untilTurn = 1 << 26

const turnOfEventLoop = (): Promise<void> =>
  new Promise((resolve) => {
    // timers of pages wait for 4 ms, and for a second in the background
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(null)
  })

/**
 * The arrays on a device. A loop that never leaves its job lets no finalizer run, so when there are more than a soft limit, those that nobody
 * holds are looked for: by a forced collection where the host has one. Elsewhere those used longest ago become host memory that
 * only their handles hold, which the collector frees with them, or which comes back at the next use.
 */
export class Residents {
  readonly #all = new Set<Resident>()
  readonly #least: number
  #limit: number
  #collect: Collect | null | undefined
  #bytes = 0
  /** Bytes of all that was ever made or used: the clock. */
  #used = 0
  #lastTurn = 0
  readonly #finalizers = new FinalizationRegistry<Resident>((r) => {
    this.remove(r)
    r.free()
  })

  constructor({ collect, softLimit }: ResidenceOptions = {}) {
    // elsewhere there are no weak references: they would keep new objects until the job ends
    this.#collect = collect === undefined && typeof process !== 'object' ? null : collect
    this.#least = softLimit ?? (this.#collect === null ? ifSpilled : ifCollected)
    this.#limit = this.#least
  }

  /** Whether finalizers are all that frees the dead without a copy. */
  get needsTurns(): boolean {
    return this.#collect === null
  }

  add(handle: object, resident: Resident): void {
    this.#all.add(resident)
    this.#bytes += resident.bytes + ofHandle
    this.touch(resident)
    if (this.#collect !== null) resident.handle = new WeakRef(handle)
    this.#finalizers.register(handle, resident, resident)
  }

  /** As `add`, for an array that was moved to host memory: too early, if that was not long ago. */
  takeBack(handle: object, resident: Resident): void {
    const away = this.#used - resident.lastUse
    if (away <= 2 * this.#limit) this.#limit = Math.max(this.#limit, 2 * away)
    this.add(handle, resident)
  }

  /** Notes that it is used now. */
  touch(resident: Resident): void {
    this.#used += resident.bytes + ofHandle
    resident.lastUse = this.#used
  }

  remove(resident: Resident): void {
    if (!this.#all.delete(resident)) return
    this.#bytes -= resident.bytes + ofHandle
    this.#finalizers.unregister(resident)
  }

  /** Keeps it where it is until `unpin`. */
  pin(resident: Resident): void {
    resident.pins++
    this.touch(resident)
  }

  unpin(resident: Resident): void {
    resident.pins--
  }

  /** Called before an array of this many bytes is made. */
  makeRoom(bytes: number): void {
    const wanted = bytes + ofHandle
    if (this.#bytes + wanted <= this.#limit) return
    this.relieve(this.#limit / 2 - wanted)
    this.#setLimit(wanted)
  }

  #setLimit(wanted: number): void {
    // which of those that are left live is known only where the dead were collected
    const known = this.#collect === null ? this.#limit : this.#least
    this.#limit = Math.max(known, 2 * (this.#bytes + wanted))
  }

  /** As `makeRoom`, before a run on a device that answers later. */
  async makeRoomLater(): Promise<void> {
    if (this.#bytes <= this.#limit) return
    const collect = this.#collector()
    if (collect === null) await this.#spillLater(this.#limit / 2)
    else this.#reclaim(collect)
    this.#setLimit(0)
  }

  /** Frees the dead, or moves arrays away until at most this many bytes are left; returns whether any memory was freed. */
  relieve(left = this.#bytes / 2): boolean {
    const before = this.#bytes
    const collect = this.#collector()
    if (collect === null) this.#spill(left)
    else this.#reclaim(collect)
    return this.#bytes < before
  }

  #collector(): Collect | null {
    if (this.#collect !== undefined) return this.#collect
    this.#collect = forcedCollection()
    if (this.#collect === null) for (const r of this.#all) r.handle = null
    return this.#collect
  }

  #reclaim(collect: Collect): void {
    collect()
    for (const r of this.#all)
      if (r.pins === 0 && r.handle !== null && r.handle.deref() === undefined) {
        this.remove(r)
        r.free()
      }
  }

  #spill(left: number): void {
    for (const r of this.#byUse()) {
      if (this.#bytes <= left || !r.spill()) return
      this.remove(r)
      r.free()
    }
  }

  async #spillLater(left: number): Promise<void> {
    // finalizers free some meanwhile
    for (const r of this.#byUse()) {
      if (this.#bytes <= left) return
      if (!this.#all.has(r)) continue
      if (!(await r.spillLater?.())) return
      this.remove(r)
      r.free()
    }
  }

  /** Those that can go, used longest ago first. */
  #byUse(): readonly Resident[] {
    return [...this.#all].filter((r) => r.pins === 0).sort((a, b) => a.lastUse - b.lastUse)
  }

  /** Lets finalizers run, where much was made since they last could. */
  async turn(): Promise<void> {
    if (this.#collect !== null || this.#used < this.#lastTurn + untilTurn) return
    this.#lastTurn = this.#used
    await turnOfEventLoop()
  }

  /** How many there are, of how many bytes, and the largest kinds. */
  get description(): string {
    const kinds = new Map<string, { count: number; bytes: number }>()
    let bytes = 0
    for (const r of this.#all) {
      const kind = kinds.get(r.name) ?? { count: 0, bytes: 0 }
      kinds.set(r.name, { count: kind.count + 1, bytes: kind.bytes + r.bytes })
      bytes += r.bytes
    }
    const largest = [...kinds].sort(([, a], [, b]) => b.bytes - a.bytes).slice(0, 3)
    const list = largest.map(([name, { count }]) => `${count} ${name}`).join(', ')
    return `${this.#all.size} live arrays of ${bytes} bytes${list === '' ? '' : `, most of them in ${list}`}`
  }
}
