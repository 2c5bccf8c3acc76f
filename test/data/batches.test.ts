import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchCount, batchIndices, inOrder } from '../../src/data/batches.js'

const sizes = fc.record({
  count: fc.integer({ min: 0, max: 200 }),
  batchSize: fc.integer({ min: 1, max: 50 }),
})

describe('batches', () => {
  it('kept: every example of the order, once, in order', () => {
    fc.assert(
      fc.property(sizes, fc.infiniteStream(fc.nat()), ({ count, batchSize }, noise) => {
        const order = inOrder(count)
        for (let i = count - 1; i > 0; i--) {
          const j = (noise.next().value as number) % (i + 1)
          const held = order[i]
          order[i] = order[j]
          order[j] = held
        }
        const batches = Array.from({ length: batchCount(count, batchSize, 'keep') }, (_, i) =>
          Array.from(batchIndices(order, batchSize, i)),
        )
        expect(batches.flat()).toEqual(Array.from(order))
        expect(batches.slice(0, -1).every((b) => b.length === batchSize)).toBe(true)
        expect(batches.every((b) => b.length > 0)).toBe(true)
      }),
    )
  })

  it('dropped: full batches only, and as many as there are', () => {
    fc.assert(
      fc.property(sizes, ({ count, batchSize }) => {
        const n = batchCount(count, batchSize, 'drop')
        expect(n * batchSize).toBeLessThanOrEqual(count)
        expect((n + 1) * batchSize).toBeGreaterThan(count)
        if (n > 0) expect(batchIndices(inOrder(count), batchSize, n - 1).length).toBe(batchSize)
      }),
    )
  })
})
