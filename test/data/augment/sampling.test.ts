import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as augment from '../../../src/augment.js'
import { jit, np, random, type Tensor } from '../../../src/index.js'
import { keys, noiseImage } from './images.js'
import { difference, mapPixels, pixelOrZero, type ScalarImage, toScalar } from './scalarImage.js'

type Matrix = readonly (readonly number[])[]

const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)))

/** Where the centred place (x, y) of a result comes from: the forward map solved by Cramer's rule. */
const cameFrom = (forward: Matrix, x: number, y: number): readonly [number, number] => {
  const [[a, b, e], [c, d, f]] = forward
  const det = a * d - b * c
  return [(d * (x - e) - b * (y - f)) / det, (a * (y - f) - c * (x - e)) / det]
}

const bilinear = (rows: readonly (readonly number[])[], y: number, x: number): number => {
  const [top, left] = [Math.floor(y), Math.floor(x)]
  let value = 0
  for (const v of [top, top + 1])
    for (const u of [left, left + 1])
      value += (1 - Math.abs(y - v)) * (1 - Math.abs(x - u)) * pixelOrZero(rows, v, u)
  return value
}

const placesOf = (image: ScalarImage, forward: Matrix) => {
  const [middleY, middleX] = [(image[0].length - 1) / 2, (image[0][0].length - 1) / 2]
  return (y: number, x: number): readonly [number, number] => {
    const [fromX, fromY] = cameFrom(forward, x - middleX, y - middleY)
    return [fromY + middleY, fromX + middleX]
  }
}

const expectBilinear = (got: Tensor, image: Tensor, forward: Matrix): void => {
  const pixels = toScalar(image)
  const placeOf = placesOf(pixels, forward)
  const want = mapPixels(pixels, (_value, c, y, x) => bilinear(pixels[c], ...placeOf(y, x)))
  expect(difference(toScalar(got), want)).toBeLessThan(5e-5)
}

/** Float32 places next to a tie may go to either side of it: the value has to be one of those. */
const expectNearest = (got: Tensor, image: Tensor, forward: Matrix): void => {
  const pixels = toScalar(image)
  const placeOf = placesOf(pixels, forward)
  const near = 2e-5
  mapPixels(toScalar(got), (value, c, y, x) => {
    const [v, u] = placeOf(y, x)
    const candidates = [-near, near].flatMap((dv) =>
      [-near, near].map((du) => pixelOrZero(pixels[c], Math.round(v + dv), Math.round(u + du))),
    )
    expect(candidates).toContain(value)
    return 0
  })
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180
/** Clockwise as one sees it, since y goes down. */
const turn = (degrees: number): Matrix => {
  const [c, s] = [Math.cos(radians(degrees)), Math.sin(radians(degrees))]
  return [
    [c, -s, 0],
    [s, c, 0],
    [0, 0, 1],
  ]
}

/** Slanted along x, along y, turned, scaled, moved: one after the other. */
const forwardOf = ({
  angle,
  translate: [tx, ty],
  scale: k,
  shear: [sx, sy],
}: {
  readonly angle: number
  readonly translate: readonly [number, number]
  readonly scale: number
  readonly shear: readonly [number, number]
}): Matrix => {
  const slantX: Matrix = [
    [1, -Math.tan(radians(sx)), 0],
    [0, 1, 0],
    [0, 0, 1],
  ]
  const slantY: Matrix = [
    [1, 0, 0],
    [-Math.tan(radians(sy)), 1, 0],
    [0, 0, 1],
  ]
  const scaled: Matrix = [
    [k, 0, 0],
    [0, k, 0],
    [0, 0, 1],
  ]
  const moved: Matrix = [
    [1, 0, tx],
    [0, 1, ty],
    [0, 0, 1],
  ]
  return [scaled, turn(angle), slantY, slantX].reduce((all, m) => times(all, m), moved)
}

const degrees = fc.integer({ min: -1800, max: 1800 }).map((d) => d / 10)

describe('rotate', () => {
  it('is the pixel-by-pixel rotation, bilinear', () => {
    fc.assert(
      fc.property(noiseImage(), degrees, (image, angle) => {
        const got = jit((x: Tensor, a: Tensor) => augment.rotate(x, a, 'bilinear'))(image, np.array(angle))
        expectBilinear(got, image, turn(-angle))
      }),
      { numRuns: 60 },
    )
  })

  it('is the pixel-by-pixel rotation, nearest', () => {
    fc.assert(
      fc.property(noiseImage(), degrees, (image, angle) => {
        expectNearest(augment.rotate(image, angle, 'nearest'), image, turn(-angle))
      }),
      { numRuns: 60 },
    )
  })

  it('turns counter-clockwise', () => {
    const image = np.array([
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
    ])
    const left = [
      [3, 6, 9],
      [2, 5, 8],
      [1, 4, 7],
    ]
    expect(augment.rotate(image, 90, 'nearest').toArray()).toEqual([left])
    expect(difference(toScalar(augment.rotate(image, 90, 'bilinear')), [left])).toBeLessThan(1e-5)
  })
})

describe('randomRotation', () => {
  it('by 0° is the identity, to the bit', () => {
    fc.assert(
      fc.property(
        noiseImage(),
        keys,
        fc.constantFrom('nearest', 'bilinear' as const),
        (image, key, interpolation) => {
          const still = augment.randomRotation(0, { interpolation })
          expect(still(key, image).toArray()).toEqual(image.toArray())
        },
      ),
      { numRuns: 30 },
    )
  })

  it('turns by an angle uniform on ±degrees', () => {
    // pixels that hold their own coordinates say where they were read
    const ramp = np.stack([
      np.broadcastTo(np.arange(-10, 11).astype('float32'), [21, 21]),
      np.broadcastTo(np.arange(-10, 11).astype('float32').reshape([21, 1]), [21, 21]),
    ])
    const turned = augment.batchedFrom(augment.randomRotation(30, { interpolation: 'bilinear' }))(
      random.key(5),
      np.broadcastTo(ramp, [400, 2, 21, 21]),
    )
    // of the pixel 4 to the right of the centre, the place it was read from
    const at = turned.get(':', ':', 10, 14).toArray() as [number, number][]
    const angles = at.map(([x, y]) => (Math.atan2(y, x) * 180) / Math.PI)
    expect(Math.max(...angles)).toBeLessThan(30.01)
    expect(Math.min(...angles)).toBeGreaterThan(-30.01)
    const mean = angles.reduce((a, b) => a + b) / 400
    expect(Math.abs(mean)).toBeLessThan((5 * 30) / Math.sqrt(3 * 400))
    const variance = angles.reduce((a, b) => a + (b - mean) ** 2, 0) / 400
    expect(Math.abs(variance / 300 - 1)).toBeLessThan(0.25)
  })

  it('refuses angles that are none', () => {
    expect(() => augment.randomRotation(-1)).toThrow('randomRotation: 0 to 180 degrees are required, got -1.')
  })
})

const signed = (most: number): fc.Arbitrary<number> =>
  fc.integer({ min: -10 * most, max: 10 * most }).map((n) => n / 10)
const draw = fc.record({
  angle: signed(180),
  translate: fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 })),
  scale: fc.integer({ min: 5, max: 20 }).map((n) => n / 10),
  shear: fc.tuple(signed(40), signed(40)),
})

describe('affine', () => {
  it('reads each place where slanting, turning, scaling and moving brought it from', () => {
    fc.assert(
      fc.property(noiseImage(), draw, (image, d) => {
        expectBilinear(augment.affine(image, d, 'bilinear'), image, forwardOf(d))
        expectNearest(augment.affine(image, d, 'nearest'), image, forwardOf(d))
      }),
      { numRuns: 60 },
    )
  })
})

describe('randomAffine', () => {
  it('without options is the identity, to the bit', () => {
    const image = random.uniform(random.key(1), [2, 5, 6])
    for (const interpolation of ['nearest', 'bilinear'] as const)
      expect(augment.randomAffine({ interpolation })(random.key(0), image).toArray()).toEqual(image.toArray())
  })

  it('moves by whole pixels up to the parts asked for', () => {
    const dot = np.zeros([1, 11, 11]).at(0, 5, 5).set(1)
    const moved = augment.batchedFrom(augment.randomAffine({ translate: [0.2, 0.1] }))(
      random.key(3),
      np.broadcastTo(dot, [200, 1, 11, 11]),
    )
    const places = (moved.reshape([200, 121]).argmax({ axis: 1 }).toArray() as number[]).map((at) => [
      Math.floor(at / 11) - 5,
      (at % 11) - 5,
    ])
    const values = (axis: 0 | 1) => [...new Set(places.map((p) => p[axis]))].sort((a, b) => a - b)
    expect(values(1)).toEqual([-2, -1, 0, 1, 2])
    expect(values(0)).toEqual([-1, 0, 1])
    expect(moved.sum().item()).toBe(200)
  })

  it('refuses ranges that are none', () => {
    expect(() => augment.randomAffine({ degrees: 200 })).toThrow('randomAffine: 0 to 180 degrees')
    expect(() => augment.randomAffine({ translate: [2, 0] })).toThrow(
      'parts from 0 to 1 is required, got 2,0',
    )
    expect(() => augment.randomAffine({ scale: [0, 1] })).toThrow('positive factors in order')
    expect(() => augment.randomAffine({ shear: [90, 0] })).toThrow('shear of 0 to 89 degrees')
  })
})
