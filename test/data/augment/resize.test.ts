import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as augment from '../../../src/augment.js'
import { jit, np, random } from '../../../src/index.js'
import { noiseImage } from './images.js'
import { difference, fromScalar, type ScalarImage, toScalar } from './scalarImage.js'

const key = random.key(0)

/** One axis as Pillow's C code goes: bounds rounded by truncation, a triangle filter, normalised. */
const pillowAxis = (line: readonly number[], outputs: number): readonly number[] => {
  const scale = line.length / outputs
  const filterScale = scale < 1 ? 1 : scale
  return Array.from({ length: outputs }, (_, xx) => {
    const center = (xx + 0.5) * scale
    const low = Math.max(0, Math.trunc(center - filterScale + 0.5))
    const high = Math.min(line.length, Math.trunc(center + filterScale + 0.5))
    let [total, value] = [0, 0]
    for (let x = low; x < high; x++) {
      const at = Math.abs((x - center + 0.5) / filterScale)
      const weight = at < 1 ? 1 - at : 0
      total += weight
      value += weight * line[x]
    }
    return value / total
  })
}

const resizeOracle = (image: ScalarImage, height: number, width: number): ScalarImage =>
  image.map((rows) => {
    const wide = rows.map((row) => pillowAxis(row, width))
    const columns = Array.from({ length: width }, (_, x) =>
      pillowAxis(
        wide.map((row) => row[x]),
        height,
      ),
    )
    return Array.from({ length: height }, (_, y) => columns.map((column) => column[y]))
  })

const size = fc.integer({ min: 1, max: 12 })

describe('resize', () => {
  it('is what Pillow computes, up and down', () => {
    fc.assert(
      fc.property(noiseImage(), size, size, (image, height, width) => {
        const got = toScalar(jit(augment.resize(height, width))(key, image))
        expect(difference(got, resizeOracle(toScalar(image), height, width))).toBeLessThan(2e-6)
      }),
      { numRuns: 60 },
    )
  })

  it('to the same size is the identity, to the bit', () => {
    fc.assert(
      fc.property(noiseImage(), (image) => {
        const [, h, w] = image.shape
        expect(augment.resize(h, w)(key, image).toArray()).toEqual(image.toArray())
      }),
      { numRuns: 20 },
    )
  })

  it('keeps a flat image flat, and the mean of one that is halved', () => {
    expect(
      difference(
        toScalar(augment.resize(5, 11)(key, np.full([2, 7, 3], 0.25))),
        toScalar(np.full([2, 5, 11], 0.25)),
      ),
    ).toBeLessThan(1e-6)
    const stripes = fromScalar([[[0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]]])
    const halved = toScalar(augment.resize(1, 6)(key, stripes))[0][0]
    // without antialiasing, every second stripe alone would be seen
    expect(halved.slice(1, 5).every((v) => Math.abs(v - 0.5) < 1e-6)).toBe(true)
  })

  it('works in float64, and refuses sizes that are none', () => {
    expect(augment.resize(4)(key, np.ones([1, 2, 2], { dtype: 'float64' })).dtype).toBe('float64')
    expect(() => augment.resize(0)).toThrow('resize: a positive height and width are required, got 0 and 0.')
    expect(() => augment.resize(2, 1.5)).toThrow('got 2 and 1.5')
  })
})
