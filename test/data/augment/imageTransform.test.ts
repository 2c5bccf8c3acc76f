import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as augment from '../../../src/augment.js'
import { jit, np, random, type Tensor } from '../../../src/index.js'
import { keys, noiseImage } from './images.js'
import { difference, toScalar } from './scalarImage.js'

const {
  batched,
  batchedFrom,
  colorJitter,
  compose,
  identityTransform,
  monoidImageTransform: monoid,
  normalize,
  randomAffine,
  randomCrop,
  randomFlip,
  randomRotation,
  resize,
} = augment

/** Transforms that keep the number of channels and take any size. */
const steps: readonly augment.ImageTransform[] = [
  identityTransform,
  normalize(0.5, 0.25),
  randomFlip(),
  randomFlip({ direction: 'vertical' }),
  randomRotation(30),
  randomAffine({ translate: [0.3, 0.3], interpolation: 'bilinear' }),
  resize(5, 4),
  randomCrop(3, 3, { padding: 2 }),
]
const transform: fc.Arbitrary<augment.ImageTransform> = fc
  .array(fc.constantFrom(...steps), { maxLength: 3 })
  .map((parts) => compose(...parts))

const same = (a: Tensor, b: Tensor): void => {
  expect(a.toArray()).toEqual(b.toArray())
}

describe('transforms under composition', () => {
  it('are a monoid, to the bit', () => {
    fc.assert(
      fc.property(transform, transform, transform, keys, noiseImage(), (a, b, c, key, image) => {
        const left = monoid.concat(monoid.concat(a, b), c)
        const right = monoid.concat(a, monoid.concat(b, c))
        same(left(key, image), right(key, image))
        same(monoid.concat(monoid.empty, a)(key, image), a(key, image))
        same(monoid.concat(a, monoid.empty)(key, image), a(key, image))
      }),
      { numRuns: 30 },
    )
  })

  it('are done in order, each with a key of its own', () => {
    const seen: unknown[] = []
    const spy = (name: string): augment.ImageTransform => {
      const watched: augment.ImageTransform = (key, image) => {
        seen.push([name, key.toArray()])
        return image
      }
      return watched
    }
    const key = random.key(3)
    compose(spy('a'), compose(spy('b'), spy('c')))(key, np.zeros([1, 1, 1]))
    expect(seen).toEqual(['a', 'b', 'c'].map((name, i) => [name, random.foldIn(key, i).toArray()]))
    seen.length = 0
    compose(spy('alone'))(key, np.zeros([1, 1, 1]))
    expect(seen).toEqual([['alone', key.toArray()]])
  })

  it('with independent draws: two flips in a row do not always undo each other', () => {
    const image = np.array([[[1, 2]]])
    const twice = compose(randomFlip(), randomFlip())
    const outcomes = new Set(
      Array.from({ length: 20 }, (_, i) => JSON.stringify(twice(random.key(i), image).toArray())),
    )
    expect(outcomes.size).toBe(2)
  })
})

const everyKind: readonly (readonly [string, augment.ImageTransform])[] = [
  ['resize', resize(5, 9)],
  ['normalize', normalize([0.1, 0.2, 0.3], 0.5)],
  ['randomRotation, nearest', randomRotation(40)],
  ['randomRotation, bilinear', randomRotation(40, { interpolation: 'bilinear' })],
  [
    'randomAffine',
    randomAffine({
      degrees: 20,
      translate: [0.2, 0.1],
      scale: [0.8, 1.2],
      shear: [10, 10],
      interpolation: 'bilinear',
    }),
  ],
  ['colorJitter', colorJitter({ brightness: 0.4, contrast: 0.6 })],
  ['randomCrop', randomCrop(6, 6, { padding: 1 })],
  ['randomFlip', randomFlip()],
  ['several', compose(randomFlip(), resize(9), randomCrop(7), colorJitter({ brightness: 0.2 }))],
]

describe.each(everyKind)('%s', (_name, t) => {
  const images = random.uniform(random.key(1), [6, 3, 7, 7])
  const one = (keyOf: (i: number) => Tensor, i: number): Tensor => t(keyOf(i), images.get(i))

  it('over a batch, jitted, is what it is one by one', () => {
    const splits = random.splitStacked(random.key(8), 6)
    const together = jit(batched(t))(splits, images)
    for (let i = 0; i < 6; i++) {
      const alone = one((k) => splits.get(k), i)
      expect(difference(toScalar(together.get(i)), toScalar(alone))).toBeLessThan(1e-6)
    }
  })

  it('gives the same for the same key', () => {
    const run = jit(batchedFrom(t))
    same(run(random.key(4), images), run(random.key(4), images))
  })
})

describe('batchedFrom', () => {
  it('gives image i the key foldIn(key, i), or that of its index', () => {
    const t = compose(randomRotation(90, { interpolation: 'bilinear' }), colorJitter({ contrast: 0.5 }))
    const images = random.uniform(random.key(1), [3, 1, 5, 5])
    const key = random.key(2)
    const indices = np.array([70, 1, 5], { dtype: 'int32' })
    const plain = batchedFrom(t)(key, images)
    const indexed = batchedFrom(t)(key, images, indices)
    ;[70, 1, 5].forEach((index, i) => {
      const expected = (n: number) => toScalar(t(random.foldIn(key, n), images.get(i)))
      expect(difference(toScalar(plain.get(i)), expected(i))).toBeLessThan(1e-6)
      expect(difference(toScalar(indexed.get(i)), expected(index))).toBeLessThan(1e-6)
    })
  })

  it('treats images of one batch differently', () => {
    const images = np.broadcastTo(random.uniform(random.key(1), [1, 1, 5, 5]), [4, 1, 5, 5])
    const turned = batchedFrom(randomRotation(60, { interpolation: 'bilinear' }))(random.key(0), images)
    const all = new Set(Array.from({ length: 4 }, (_, i) => JSON.stringify(turned.get(i).toArray())))
    expect(all.size).toBe(4)
  })
})

describe('what is not an image of floats', () => {
  it.each([
    ['resize', resize(3)],
    ['randomRotation', randomRotation(3)],
    ['randomAffine', randomAffine({})],
    ['randomCrop', randomCrop(1)],
    ['randomFlip', randomFlip()],
    ['normalize', normalize(0, 1)],
    ['greyToRgb', augment.greyToRgb],
  ] as const)('%s refuses it by name', (name, t) => {
    expect(() => t(random.key(0), np.ones([2, 3]))).toThrow(`${name}: an image [channels, height, width]`)
    expect(() => t(random.key(0), np.ones([1, 2, 3], { dtype: 'int32' }))).toThrow(
      `${name}: an image of floats`,
    )
  })
})
