import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as augment from '../../../src/augment.js'
import { jit, np, random, type Tensor } from '../../../src/index.js'
import { keys, noiseImage } from './images.js'
import { difference, mapPixels, type ScalarImage, toScalar } from './scalarImage.js'

const clamp = (x: number): number => Math.min(1, Math.max(0, x))

const brightnessOracle = (image: ScalarImage, factor: number): ScalarImage =>
  mapPixels(image, (value) => clamp(value * factor))

const contrastOracle = (image: ScalarImage, factor: number): ScalarImage => {
  const weights = image.length === 1 ? [1] : [0.299, 0.587, 0.114]
  let sum = 0
  mapPixels(image, (value, c) => {
    sum += weights[c] * value
    return value
  })
  const mean = sum / (image[0].length * image[0][0].length)
  return mapPixels(image, (value) => clamp(value * factor + (1 - factor) * mean))
}

const colored = noiseImage({ channels: fc.constantFrom(1, 3) })
const factor = fc.integer({ min: 0, max: 300 }).map((n) => n / 100)

describe('adjustBrightness and adjustContrast', () => {
  it('are the pixel-by-pixel blends', () => {
    fc.assert(
      fc.property(colored, factor, (image, f) => {
        const bright = jit((x: Tensor, k: Tensor) => augment.adjustBrightness(x, k))(image, np.array(f))
        expect(difference(toScalar(bright), brightnessOracle(toScalar(image), f))).toBeLessThan(1e-6)
        const contrasting = jit((x: Tensor, k: Tensor) => augment.adjustContrast(x, k))(image, np.array(f))
        expect(difference(toScalar(contrasting), contrastOracle(toScalar(image), f))).toBeLessThan(2e-6)
      }),
      { numRuns: 40 },
    )
  })

  it('say which images have no grey', () => {
    expect(() => augment.adjustContrast(np.ones([2, 3, 3]), 1)).toThrow(
      'adjustContrast: one channel or three are required, got f32[2,3,3].',
    )
  })
})

describe('colorJitter', () => {
  const strengths = { brightness: 0.5, contrast: 0.5 }

  it('does both, in one order or the other, by factors within its range', () => {
    const orders = new Set<string>()
    fc.assert(
      fc.property(colored, keys, (image, key) => {
        const got = toScalar(augment.colorJitter(strengths)(key, image))
        const [orderKey, brightnessKey, contrastKey] = random.split(key, 3)
        const [b, c] = [brightnessKey, contrastKey].map((k) =>
          random.uniform(k, [], { min: 0.5, max: 1.5 }).item(),
        )
        const isContrastFirst = random.bernoulli(orderKey).item() === 1
        orders.add(String(isContrastFirst))
        const pixels = toScalar(image)
        const want = isContrastFirst
          ? brightnessOracle(contrastOracle(pixels, c), b)
          : contrastOracle(brightnessOracle(pixels, b), c)
        expect(difference(got, want)).toBeLessThan(4e-6)
      }),
      { numRuns: 40 },
    )
    expect([...orders].sort()).toEqual(['false', 'true'])
  })

  it('never has a negative factor', () => {
    const black = augment.colorJitter({ brightness: 5 })
    for (let i = 0; i < 10; i++) {
      const out = black(random.key(i), np.full([1, 2, 2], 0.5)).toArray()
      expect((out as number[][][]).flat(2).every((v) => v >= 0 && v <= 1)).toBe(true)
    }
    expect(() => augment.colorJitter({ brightness: -0.1 })).toThrow('got brightness -0.1 and contrast 0.')
  })
})

describe('normalize', () => {
  it('is (x − mean)/std, of each channel', () => {
    const image = random.uniform(random.key(0), [3, 2, 4])
    const [mean, std] = [
      [0.1, 0.2, 0.3],
      [1, 2, 4],
    ]
    const want = mapPixels(toScalar(image), (value, c) => (value - mean[c]) / std[c])
    expect(difference(toScalar(augment.normalize(mean, std)(random.key(0), image)), want)).toBeLessThan(1e-6)
    expect(() => augment.normalize([0, 0], 1)(random.key(0), image)).toThrow(
      'normalize: a mean for each channel of f32[3,2,4] is required, got 2.',
    )
    expect(() => augment.normalize(0, 0)).toThrow('normalize: a positive std is required, got 0.')
  })
})

describe('greyToRgb', () => {
  it('is the channel three times, and of grey alone', () => {
    const grey = random.uniform(random.key(0), [1, 2, 3])
    const [channel] = toScalar(grey)
    expect(augment.greyToRgb(random.key(0), grey).toArray()).toEqual([channel, channel, channel])
    expect(() => augment.greyToRgb(random.key(0), np.ones([3, 1, 1]))).toThrow('got f32[3,1,1]')
  })
})
