import { describe, expect, it } from 'vitest'
import * as augment from '../../../src/augment.js'
import { np, random } from '../../../src/index.js'
import { pixelOrZero, toScalar } from './scalarImage.js'

describe('randomCrop', () => {
  it('takes every window of the padded image, equally often, and no other', () => {
    const image = np.arange(1, 13).astype('float32').reshape([1, 3, 4])
    const [channel] = toScalar(image)
    const windows = new Map<string, number>()
    for (let top = -1; top <= 1; top++)
      for (let left = -1; left <= 2; left++) {
        const window = [0, 1, 2].map((y) => [0, 1, 2].map((x) => pixelOrZero(channel, top + y, left + x)))
        windows.set(JSON.stringify([window]), 0)
      }
    const draws = 600
    const crops = augment.batchedFrom(augment.randomCrop(3, 3, { padding: 1 }))(
      random.key(1),
      np.broadcastTo(image, [draws, 1, 3, 4]),
    )
    for (const crop of crops.toArray() as unknown[]) {
      const seen = windows.get(JSON.stringify(crop))
      if (seen === undefined) throw new Error(`no window of the image: ${JSON.stringify(crop)}`)
      windows.set(JSON.stringify(crop), seen + 1)
    }
    const expected = draws / windows.size
    const chiSquare = [...windows.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
    expect(windows.size).toBe(12)
    expect(chiSquare).toBeLessThan(31.3) // 11 degrees of freedom, p = 0.001
  })

  it('of the whole is the identity; a larger one is refused', () => {
    const image = random.uniform(random.key(0), [2, 3, 5])
    expect(augment.randomCrop(3, 5)(random.key(0), image).toArray()).toEqual(image.toArray())
    expect(() => augment.randomCrop(6, 5, { padding: 1 })(random.key(0), image)).toThrow(
      'randomCrop: an image of at least 6×5 with 1 of padding is required, got f32[2,3,5].',
    )
    expect(() => augment.randomCrop(0)).toThrow('got 0, 0 and 0.')
  })
})

describe('randomFlip', () => {
  const image = np.array([
    [
      [1, 2],
      [3, 4],
    ],
  ])

  it('mirrors left and right, or top and bottom, and twice is the identity', () => {
    const always = (direction: 'horizontal' | 'vertical') => augment.randomFlip({ direction, probability: 1 })
    expect(always('horizontal')(random.key(0), image).toArray()).toEqual([
      [
        [2, 1],
        [4, 3],
      ],
    ])
    expect(always('vertical')(random.key(0), image).toArray()).toEqual([
      [
        [3, 4],
        [1, 2],
      ],
    ])
    const twice = augment.compose(always('vertical'), always('vertical'))
    expect(twice(random.key(0), image).toArray()).toEqual(image.toArray())
    expect(augment.randomFlip({ probability: 0 })(random.key(0), image).toArray()).toEqual(image.toArray())
  })

  it('does so as often as it says', () => {
    const flipped = augment.batchedFrom(augment.randomFlip({ probability: 0.3 }))(
      random.key(2),
      np.broadcastTo(image, [1000, 1, 2, 2]),
    )
    const share = flipped.get(':', 0, 0, 0).sub(1).mean().item() as number
    expect(Math.abs(share - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 1000))
    expect(() => augment.randomFlip({ probability: 1.5 })).toThrow('got 1.5.')
  })
})
