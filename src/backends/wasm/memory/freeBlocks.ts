import { SortedNumbers } from './sortedNumbers.js'

/** Blocks begin at multiples of this, and are as long. */
const alignment = 64

/** Freed blocks of fewer bytes wait for the next of their size, and are merged with their neighbours before the memory grows. */
const large = 1 << 18

/** Small blocks are cut from ranges of this many bytes, so that a long-lived one does not split a large range. */
const chunk = 1 << 20

/** Bytes by which a size is rounded up at most. */
const mostRounding = 1 << 16

/** The size that a request is rounded up to: an eighth of a power of two, so that requests of about one size share blocks. */
export const blockSize = (bytes: number): number => {
  if (bytes <= alignment) return alignment
  const step = Math.min(mostRounding, Math.max(alignment, 2 ** (Math.floor(Math.log2(bytes - 1)) - 3)))
  return Math.ceil(bytes / step) * step
}

/** Two sizes or addresses as one number, in the order of the first, and then of the second. */
const pair = (first: number, second: number): number => (first * 2 ** 26 + second) / alignment
const firstOf = (numbers: number): number => Math.floor(numbers / 2 ** 26) * alignment
const secondOf = (numbers: number): number => (numbers % 2 ** 26) * alignment

/** Free parts of an address space, and the way in which it grows. Knows sizes and addresses only. */
export class FreeBlocks {
  readonly #small = new Map<number, number[]>()
  /** Free ranges that are merged: pairs of size and address, and of address and size. */
  readonly #bySize = new SortedNumbers()
  readonly #byAddress = new SortedNumbers()
  /** Addresses from here on were never given out. */
  #untouched: number
  /** Addresses up to here are usable. */
  #usable: number

  #end: number
  /** Makes addresses up to here usable, or some more; gives how far they are. */
  readonly #grow: (end: number) => number

  constructor(end: number, grow: (end: number) => number) {
    this.#end = end
    this.#grow = grow

    this.#untouched = end
    this.#usable = end
  }

  /**
   * The address of `size` bytes, a size that `blockSize` gave; and whether nobody had one of them before. `null`: there is
   * no such room, whatever is merged.
   */
  take(size: number): { readonly address: number; readonly isNew: boolean } | null {
    const address =
      (size < large ? (this.#small.get(size)?.pop() ?? this.#bestFit(size, chunk)) : this.#bestFit(size)) ??
      this.#mergedOrNew(size)
    if (address === null) return null
    const isNew = address >= this.#untouched
    this.#untouched = Math.max(this.#untouched, address + size)
    return { address, isNew }
  }

  give(address: number, size: number): void {
    if (size >= large) this.#add(address, size)
    else {
      const others = this.#small.get(size)
      if (others === undefined) this.#small.set(size, [address])
      else others.push(address)
    }
  }

  #mergedOrNew(size: number): number | null {
    const room = size < large ? chunk : size
    if (this.#end + room > this.#usable) {
      this.#mergeSmall()
      const found = this.#bestFit(size, room)
      if (found !== null) return found
    }
    if (this.#reaches(this.#end + room)) return this.#cut(this.#end, room, size)
    return this.#bestFit(size) ?? (this.#reaches(this.#end + size) ? this.#cut(this.#end, size, size) : null)
  }

  #reaches(end: number): boolean {
    if (end > this.#usable) this.#usable = this.#grow(end)
    return end <= this.#usable
  }

  /** The first bytes of a range; the rest is free. */
  #cut(address: number, range: number, size: number): number {
    this.#end = Math.max(this.#end, address + range)
    if (range > size) this.#enter(address + size, range - size)
    return address
  }

  #bestFit(size: number, most = Number.POSITIVE_INFINITY): number | null {
    const at = this.#bySize.below(pair(size, 0))
    if (at === this.#bySize.length) return null
    const range = this.#bySize.at(at)
    const [found, address] = [firstOf(range), secondOf(range)]
    if (found > most) return null
    this.#leave(address, found)
    return this.#cut(address, found, size)
  }

  #enter(address: number, size: number): void {
    this.#bySize.add(pair(size, address))
    this.#byAddress.add(pair(address, size))
  }

  #leave(address: number, size: number): void {
    this.#bySize.delete(pair(size, address))
    this.#byAddress.delete(pair(address, size))
  }

  /** Enters a range, as one with free neighbours. */
  #add(address: number, size: number): void {
    const byAddress = this.#byAddress
    let [from, to] = [address, address + size]
    const at = byAddress.below(pair(address, 0))
    const neighbours = [at - 1, at].flatMap((i) => (i >= 0 && i < byAddress.length ? [byAddress.at(i)] : []))
    for (const range of neighbours) {
      const [other, otherSize] = [firstOf(range), secondOf(range)]
      if (other + otherSize !== from && other !== to) continue
      this.#leave(other, otherSize)
      from = Math.min(from, other)
      to = Math.max(to, other + otherSize)
    }
    if (to === this.#end) this.#end = from
    else this.#enter(from, to - from)
  }

  /** Merges small blocks too with their neighbours: all ranges anew, since they may be very many. */
  #mergeSmall(): void {
    const blocks = [...this.#small].flatMap(([size, addresses]) => addresses.map((a) => pair(a, size)))
    this.#small.clear()
    if (blocks.length === 0) return
    const ranges = Float64Array.from([...blocks, ...this.#byAddress.all()]).sort()
    const merged: number[] = []
    let from = firstOf(ranges[0])
    let to = from
    for (const range of ranges) {
      const address = firstOf(range)
      if (address !== to) {
        merged.push(pair(from, to - from))
        from = address
      }
      to = address + secondOf(range)
    }
    if (to === this.#end) this.#end = from
    else merged.push(pair(from, to - from))
    this.#byAddress.replace(merged)
    this.#bySize.replace(merged.map((range) => pair(secondOf(range), firstOf(range))))
  }
}
