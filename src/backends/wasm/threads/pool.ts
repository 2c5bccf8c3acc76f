import { BackendError, internal } from '../../../ir/errors.js'
import type { Arena, Block } from '../memory/arena.js'
import { functionsOf } from '../memory/memoryModule.js'
import type { Exports, WebAssemblyPlatform } from '../webAssembly.js'
import type { HostThread, HostThreads } from './hostThreads.js'
import { job, jobFunction, meetingModule, noTurn, slot, spins } from './meeting.js'
import { type ThreadStart, threadScript } from './threadScript.js'

/** A module that threads make of its bytes, which the memory holds as long as somebody holds this. */
export class SharedModule {
  static #made = 0
  static readonly #collected = new FinalizationRegistry<() => void>((free) => free())
  readonly id = ++SharedModule.#made
  #block: Block | null = null

  readonly #arena: Arena
  readonly #bytes: Uint8Array

  constructor(arena: Arena, bytes: Uint8Array) {
    this.#arena = arena
    this.#bytes = bytes
  }

  get codeBytes(): number {
    return this.#bytes.length
  }

  /** Where its bytes are. */
  get address(): number {
    if (this.#block === null) {
      const [arena, bytes] = [this.#arena, this.#bytes] as const
      const block = arena.allocate(bytes.length)
      arena.view('bool', block.address, bytes.length).set(bytes)
      this.#block = block
      SharedModule.#collected.register(this, () => arena.free(block))
    }
    return this.#block.address
  }
}

/**
 * A function of units of work that don't depend on each other: of a table of addresses, the units `from … to − 1`, and
 * the address of scratch of the thread's own. Nothing of it is a function of the host.
 */
export type SharedFunction = {
  readonly module: SharedModule
  /** Its place among the module's exports. */
  readonly index: number
  readonly call: (table: number, from: number, to: number, scratch: number) => void
}

/** Functions of the same units, each on its table; later ones may read the earlier ones' results for the same units. */
export type SharedWork = {
  readonly functions: readonly { readonly of: SharedFunction; readonly table: number }[]
  readonly units: number
  /** About how long one thread takes for all of it. */
  readonly nanoseconds: number
  /** Parts for each thread at most: more are shared out better, fewer repeat less of the preparation of a part. */
  readonly fineness: number
}

/** Parts are not made shorter than this, in nanoseconds, for the sake of sharing out. */
const leastPart = 10_000

/** Milliseconds between two looks at a thread that is waited for, at most, while the process runs. */
const longestNap = 1000

const partsOf = ({ units, nanoseconds, fineness }: SharedWork, threads: number): number =>
  Math.min(units, Math.max(threads, Math.min(fineness * threads, Math.floor(nanoseconds / leastPart))))

type Thread = { readonly address: number; host: HostThread | null }

/**
 * Threads over one memory. A piece of work is divided into parts, which threads and their caller take one after the other,
 * so that a thread that sleeps, starts, is slow or is gone holds up nobody: the caller waits for parts that were begun.
 */
export class ThreadPool {
  readonly #meeting: Exports
  readonly #job: number
  readonly #scratch: number
  #threads: Thread[] = []
  /** How many of the threads are ready, all before the others. */
  #ready = 0
  #isStarted = false
  #turn = 0
  #words: Int32Array
  /** Why a thread ended, until somebody was told. */
  #ended: string | null = null
  /** Whether a thread took work and never finished: it may still write. */
  #isLost = false

  readonly #arena: Arena
  readonly #host: HostThreads
  /** With the caller's. */
  readonly #count: number
  readonly #scratchBytes: number
  /** Milliseconds that a thread may take over a part more than it should. */
  readonly #patience

  constructor(
    platform: WebAssemblyPlatform,
    arena: Arena,
    host: HostThreads,
    count: number,
    scratchBytes: number,
    /** Work that takes less, in nanoseconds, is not worth dividing. */
    readonly leastShared = 100_000,
    patience = 30_000,
  ) {
    this.#arena = arena
    this.#host = host
    this.#count = count
    this.#scratchBytes = scratchBytes
    this.#patience = patience

    this.#meeting = functionsOf(platform, arena, meetingModule(arena))
    this.#job = arena.allocate(job.bytes).address
    this.#scratch = arena.allocate(scratchBytes).address
    this.#words = new Int32Array(arena.memory.buffer)
  }

  /** Threads that work or will, the caller's among them. */
  get size(): number {
    return this.#isStarted ? this.#threads.length + 1 : this.#count
  }

  /** Starts the threads, if work for them is coming: they take a while to be ready. */
  expect(nanoseconds: number): void {
    if (!this.#isStarted && nanoseconds >= this.leastShared) this.#start()
  }

  #start(): void {
    const [arena, host] = [this.#arena, this.#host] as const
    this.#isStarted = true
    for (let i = 1; i < this.#count; i++) {
      const { address } = arena.allocate(slot.bytes)
      arena.view('bool', address, slot.bytes).fill(0)
      arena.asWords()[(address + slot.turn) >>> 2] = noTurn
      const data: ThreadStart = {
        memory: arena.memory,
        meeting: meetingModule(arena),
        slot: address,
        job: this.#job,
        scratch: arena.allocate(this.#scratchBytes).address,
      }
      const thread: Thread = { address, host: null }
      this.#threads.push(thread)
      thread.host = host.start(threadScript, data, (why) => this.#onEnd(thread, why))
    }
    // a shared memory keeps its contents when it grows: these words stay where they are
    this.#words = new Int32Array(arena.memory.buffer)
  }

  /** A thread that never was ready only leaves the others more to do. */
  #onEnd(thread: Thread, why: string): void {
    const at = this.#threads.indexOf(thread)
    if (at < 0) return
    if (this.#words[(thread.address + slot.isReady) >>> 2] === 0) this.#threads.splice(at, 1)
    else this.#end(why)
  }

  #end(why: string): void {
    this.#ended = why
    const threads = this.#threads
    this.#threads = []
    this.#ready = 0
    for (const thread of threads) thread.host?.terminate()
  }

  #expectAlive(): void {
    if (this.#isLost)
      throw new BackendError(
        'wasm: threads that answer are required, got one that stopped in the middle of its work and may still write. Start the program again; GRAD_TS_THREADS=1 uses no threads.',
      )
    if (this.#ended === null) return
    const why = this.#ended
    this.#ended = null
    throw new BackendError(
      `wasm: threads that go on are required, got one that ended: ${why}. What follows runs on the calling thread.`,
    )
  }

  #countReady(): void {
    while (
      this.#ready < this.#threads.length &&
      Atomics.load(this.#words, (this.#threads[this.#ready].address + slot.isReady) >>> 2) === 1
    )
      this.#ready++
  }

  /**
   * Does all units of a piece of work: each part of them from the first function to the last, by one thread.
   * @throws BackendError where a thread failed
   */
  run(work: SharedWork): void {
    this.#expectAlive()
    if (!this.#isStarted) this.#start()
    if (this.#ready < this.#threads.length) this.#countReady()
    const { functions, units, nanoseconds } = work
    const others = Math.min(this.#ready, units - 1)
    if (others <= 0) {
      // later functions find the results of earlier ones in a cache
      const parts = functions.length > 1 ? partsOf(work, 1) : 1
      for (let part = 0; part < parts; part++) this.#doPart(work, part, parts)
      return
    }
    const parts = partsOf(work, others + 1)
    const turn = this.#open(work, parts, others)
    let thrown: readonly [unknown] | null = null
    try {
      this.#work(work, parts, others + 1)
    } catch (error) {
      thrown = [error]
    }
    const [threads, meeting] = [this.#threads, this.#meeting] as const
    for (let i = 0; i < others; i++)
      if (meeting['take'](threads[i].address, turn) === 0) this.#join(threads[i].address, turn, nanoseconds)
    for (let i = 0; i < others; i++) this.#expectDone(threads[i].address)
    if (thrown !== null) throw thrown[0]
  }

  /** Describes the job, and wakes threads for it. */
  #open({ functions, units }: SharedWork, parts: number, others: number): number {
    if (functions.length > job.mostFunctions)
      throw internal(
        `wasm: at most ${job.mostFunctions} functions a part are required, got ${functions.length}.`,
      )
    // a module's bytes may have to be put into the memory first, which may grow it
    const codes = functions.map(({ of }) => of.module.address)
    const [words, meeting, threads] = [this.#words, this.#meeting, this.#threads] as const
    const at = this.#job >>> 2
    words[at + job.count / 4] = functions.length
    words[at + job.units / 4] = units
    words[at + job.parts / 4] = parts
    words[at + job.workers / 4] = others + 1
    for (let worker = 0; worker <= others; worker++) {
      words[at + (job.next + worker * job.nextBytes) / 4] = Math.floor((parts * worker) / (others + 1))
      if (worker > 0) words[(threads[worker - 1].address + slot.worker) >>> 2] = worker
    }
    functions.forEach(({ of, table }, i) => {
      const own = at + (job.functions + i * jobFunction.bytes) / 4
      words[own + jobFunction.module / 4] = of.module.id
      words[own + jobFunction.index / 4] = of.index
      words[own + jobFunction.code / 4] = codes[i]
      words[own + jobFunction.codeBytes / 4] = of.module.codeBytes
      words[own + jobFunction.table / 4] = table
    })
    const turn = (this.#turn + 2) | 0
    this.#turn = turn
    for (let i = 0; i < others; i++) meeting['open'](threads[i].address, turn)
    return turn
  }

  /** Does its own share of parts, then the rest of the others'. */
  #work(work: SharedWork, parts: number, workers: number): void {
    for (let worker = 0; worker < workers; worker++) {
      const next = (this.#job + job.next + worker * job.nextBytes) >>> 2
      const end = Math.floor((parts * (worker + 1)) / workers)
      for (;;) {
        const part = Atomics.add(this.#words, next, 1)
        if (part >= end) break
        this.#doPart(work, part, parts)
      }
    }
  }

  #doPart({ functions, units }: SharedWork, part: number, parts: number): void {
    const from = Math.floor((units * part) / parts)
    const to = Math.floor((units * (part + 1)) / parts)
    for (const { of, table } of functions) of.call(table, from, to, this.#scratch)
  }

  #join(address: number, turn: number, nanoseconds: number): void {
    const meeting = this.#meeting
    if (meeting['finished'](address, turn, spins) === 1) return
    const limit = this.#patience + (50 * nanoseconds) / 1e6
    let waited = 0
    let last = performance.now()
    do {
      if (canSleep) meeting['nap'](address, turn)
      const now = performance.now()
      // time in which the whole process stood still, suspended or in a debugger, is nobody's fault
      waited += Math.min(now - last, longestNap)
      last = now
      if (waited > limit) {
        this.#isLost = true
        this.#expectAlive()
      }
    } while (meeting['finished'](address, turn, spins) === 0)
  }

  #expectDone(address: number): void {
    const words = this.#words
    const at = (address + slot.failed) >>> 2
    if (words[at] === 0) return
    const text = this.#arena.view('bool', address + slot.text, words[at])
    words[at] = 0
    throw new BackendError(
      `wasm: kernels that run are required, got one that failed on a thread: ${String.fromCharCode(...text)}. Report it with the program; GRAD_TS_THREADS=1 uses no threads.`,
    )
  }
}

/** Whether this thread may sleep: the main one of a browser's page may not. */
const canSleep = ((): boolean => {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0)
    return true
  } catch {
    return false
  }
})()
