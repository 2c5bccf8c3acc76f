import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchCount, batchIndices, inOrder } from '../../src/data/batches.js'
import { gatherDigits } from '../../src/data/digitBatch.js'
import { mnistScale, normalizePixels } from '../../src/data/pixels.js'

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

describe('normalizePixels', () => {
  it('is (byte / 255 − 0.1307) / 0.3081 in float32', () => {
    const out = normalizePixels(Uint8Array.from([0, 128, 255]), mnistScale)
    expect(Array.from(out)).toEqual([-0.4242129178838, 1.205000922796902, 2.82148653034729].map(Math.fround))
  })
})

describe('gatherDigits', () => {
  it('copies images and labels at the indices, repeats included', () => {
    const digits = {
      images: Uint8Array.from([0, 1, 2, 3, 4, 5]),
      labels: Uint8Array.from([4, 5, 6]),
      count: 3,
      rows: 1,
      cols: 2,
    }
    const batch = gatherDigits(digits, Uint32Array.from([2, 0, 2]), { mean: 0, std: 1 / 255 })
    expect(Array.from(batch.images, Math.round)).toEqual([4, 5, 0, 1, 4, 5])
    expect(batch.labels).toEqual(Int32Array.from([6, 4, 6]))
    expect([batch.size, batch.pixels]).toEqual([3, 2])
  })
})
