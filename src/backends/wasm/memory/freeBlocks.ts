/** Blocks begin at multiples of this. */
const alignment = 64

/** Blocks of at least so many bytes are merged with free neighbours; smaller ones wait for the next of their size. */
const large = 1 << 18

/** The size that a request is rounded up to: an eighth of a power of two, so that requests of about one size share blocks. */
export const blockSize = (bytes: number): number => {
  if (bytes <= alignment) return alignment
  const step = Math.max(alignment, 2 ** (Math.floor(Math.log2(bytes - 1)) - 3))
  return Math.ceil(bytes / step) * step
}

/** Free parts of an address space, and the way in which it grows. Knows sizes and addresses only. */
export class FreeBlocks {
  private readonly small = new Map<number, number[]>()
  /** Large free ranges, from address to size and from end to address. */
  private readonly byStart = new Map<number, number>()
  private readonly byEnd = new Map<number, number>()

  /** Addresses from here on were never given out. */
  private untouched: number

  constructor(
    private end: number,
    /** Makes addresses up to here usable, or throws. */
    private readonly grow: (end: number) => void,
  ) {
    this.untouched = end
  }

  /** The address of `size` bytes, a size that `blockSize` gave; and whether nobody had one of them before. */
  take(size: number): { readonly address: number; readonly isNew: boolean } {
    if (size < large) {
      const found = this.small.get(size)?.pop()
      if (found !== undefined) return { address: found, isNew: false }
    } else {
      const found = this.bestFit(size)
      if (found !== null) return { address: found, isNew: false }
    }
    const address = this.end
    this.grow(address + size)
    this.end = address + size
    const isNew = address >= this.untouched
    this.untouched = Math.max(this.untouched, this.end)
    return { address, isNew }
  }

  private bestFit(size: number): number | null {
    let best: number | null = null
    let bestSize = Number.POSITIVE_INFINITY
    for (const [address, free] of this.byStart)
      if (free >= size && free < bestSize) {
        best = address
        bestSize = free
      }
    if (best === null) return null
    this.remove(best, bestSize)
    if (bestSize > size) this.add(best + size, bestSize - size)
    return best
  }

  private add(address: number, size: number): void {
    this.byStart.set(address, size)
    this.byEnd.set(address + size, address)
  }

  private remove(address: number, size: number): void {
    this.byStart.delete(address)
    this.byEnd.delete(address + size)
  }

  give(address: number, size: number): void {
    if (size < large) {
      const others = this.small.get(size)
      if (others === undefined) this.small.set(size, [address])
      else others.push(address)
      return
    }
    let [from, to] = [address, address + size]
    const before = this.byEnd.get(from)
    if (before !== undefined) {
      this.remove(before, from - before)
      from = before
    }
    const after = this.byStart.get(to)
    if (after !== undefined) {
      this.remove(to, after)
      to += after
    }
    if (to === this.end) this.end = from
    else this.add(from, to - from)
  }
}
