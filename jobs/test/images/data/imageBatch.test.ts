import { mnistScale } from 'grad-ts/augment'
import { describe, expect, it } from 'vitest'
import { digitClasses } from '../../../src/images/data/digits.js'
import { gatherImages } from '../../../src/images/data/imageBatch.js'
import { normalizePixels } from '../../../src/images/data/pixels.js'

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
      Uint32Array.of(0, 1, 2),
    )
    expect(Array.from(images)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1].map(Math.fround))
  })
})
