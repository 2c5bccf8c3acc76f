import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockSize, FreeBlocks } from '../../../src/backends/wasm/memory/freeBlocks.js'

const begin = 1024
const gib = 2 ** 30

/** Blocks in a space of so many bytes; gives the address, or `null` where there is no room. */
const space = (bytes: number) => {
  const blocks = new FreeBlocks(begin, (end) => Math.min(bytes, Math.max(end, 2 * 2 ** 20)))
  const live = new Map<number, number>()
  return {
    live,
    take: (wanted: number): number | null => {
      const size = blockSize(wanted)
      const taken = blocks.take(size)
      if (taken !== null) live.set(taken.address, size)
      return taken === null ? null : taken.address
    },
    give: (address: number): void => {
      blocks.give(address, live.get(address) as number)
      live.delete(address)
    },
  }
}

/** The longest gap between what is live. */
const longestGap = (live: ReadonlyMap<number, number>, bytes: number): number => {
  let from = begin
  let longest = 0
  for (const [address, size] of [...live].sort(([a], [b]) => a - b)) {
    longest = Math.max(longest, address - from)
    from = address + size
  }
  return Math.max(longest, bytes - from)
}

describe('free blocks', () => {
  it('are refused only where no gap between live ones is long enough', () => {
    const sizes = fc.oneof(fc.nat(5000), fc.nat(400_000), fc.nat(6_000_000))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(sizes, fc.integer({ min: 0, max: 2 }), fc.nat(1000)), { maxLength: 200 }),
        (requests) => {
          const bytes = 20 * 2 ** 20
          const { live, take, give } = space(bytes)
          for (const [wanted, kind, which] of requests) {
            if (kind === 0) {
              const gap = longestGap(live, bytes)
              const size = blockSize(wanted)
              const before = [...live]
              const address = take(wanted)
              expect(address !== null).toBe(gap >= size)
              if (address === null) continue
              expect(address + size).toBeLessThanOrEqual(bytes)
              for (const [other, otherSize] of before)
                expect(address + size <= other || other + otherSize <= address).toBe(true)
            } else if (live.size > 0) give([...live.keys()][which % live.size])
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('that were freed make room for one that is larger than each, small ones between them alive', () => {
    const { take, give } = space(4 * gib)
    for (const bytes of [gib, 2 * gib]) {
      const x = take(bytes) as number
      expect(take(4)).not.toBeNull()
      give(x)
    }
    expect(take(4 * (2 ** 29 + 16))).not.toBeNull()
  })

  it('are as long as asked for, but for an eighth and 64 KB', () => {
    for (const bytes of [1, 65, 1000, 2 ** 18 + 1, 2 ** 20 + 5, 2 ** 29 + 64, 3 * 2 ** 30 + 1]) {
      const size = blockSize(bytes)
      expect(size % 64).toBe(0)
      expect(size).toBeGreaterThanOrEqual(bytes)
      expect(size - bytes).toBeLessThanOrEqual(Math.min(Math.max(64, bytes / 8 + 1), 65536))
    }
  })
})
