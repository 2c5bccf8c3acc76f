import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digitClasses } from '../../jobs/src/images/data/digits.js'
import { gatherImages } from '../../jobs/src/images/data/imageBatch.js'
import { batchCount, batchIndices, inOrder } from '../../src/data/batches.js'
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

describe('gatherImages', () => {
  const set = {
    pixels: Uint8Array.from([0, 1, 2, 3, 4, 5]),
    labels: Uint32Array.from([4, 5, 6]),
    count: 3,
    channels: 1,
    height: 1,
    width: 2,
    classes: digitClasses,
  }

  it('copies images and labels at the indices, repeats included', () => {
    const batch = gatherImages(set, Uint32Array.from([2, 0, 2]), { mean: 0, std: 1 / 255 })
    expect(Array.from(batch.images, Math.round)).toEqual([4, 5, 0, 1, 4, 5])
    expect(batch.labels).toEqual(Int32Array.from([6, 4, 6]))
    expect(batch.indices).toEqual(Int32Array.from([2, 0, 2]))
    expect([batch.size, batch.channels, batch.height, batch.width]).toEqual([3, 1, 1, 2])
  })

  it('gives bytes as 0…1 where no scale is named', () => {
    const { images } = gatherImages(
      { ...set, pixels: Uint8Array.from([0, 51, 102, 153, 204, 255]) },
      inOrder(3),
    )
    expect(Array.from(images)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1].map(Math.fround))
  })
})
