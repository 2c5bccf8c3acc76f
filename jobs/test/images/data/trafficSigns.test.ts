import { describe, expect, it } from 'vitest'
import { random } from '../../../../src/index.js'
import * as data from '../../../src/index.js'

const { trafficSigns } = data

describe('trafficSigns', () => {
  const size = 20
  const bytes = 3 * size * size
  const signs = trafficSigns({ count: 43 * 6, size, seed: 1 })
  const image = (i: number): Uint8Array => signs.pixels.subarray(i * bytes, (i + 1) * bytes)

  it('have 43 classes in turn, named apart', () => {
    expect(new Set(signs.classes).size).toBe(43)
    expect(Array.from(signs.labels)).toEqual(Array.from({ length: 43 * 6 }, (_, i) => i % 43))
    expect(signs.pixels.length).toBe(43 * 6 * bytes)
  })

  it('depend on the seed and their number alone', () => {
    const fewer = trafficSigns({ count: 50, size, seed: 1 })
    expect(fewer.pixels).toEqual(signs.pixels.subarray(0, 50 * bytes))
    expect(trafficSigns({ count: 1, size, seed: 2 }).pixels).not.toEqual(image(0))
    expect(() => trafficSigns({ count: 0, size, seed: 0 })).toThrow('got 0 and 20.')
  })

  it('are drawn from the numbers of their own key, however many are drawn at once', () => {
    for (const i of [0, 31, 32, 100]) {
      const drawn = random.uniform(random.foldIn(random.key(1), i), [8 + bytes]).dataSync()
      // the first pixel is beside the sign: ground, light and noise
      const corner = [0, 1, 2].map((c) => {
        const value = (0.2 + 0.5 * drawn[5 + c]) * (0.55 + 0.45 * drawn[4])
        return Math.round(255 * (value + 0.1 * (drawn[8 + c * size * size] - 0.5)))
      })
      expect([0, 1, 2].map((c) => image(i)[c * size * size])).toEqual(corner)
    }
  })

  it('can be told apart: most of those unseen are nearest to the mean of their own class', () => {
    const rounds = 30
    const many = trafficSigns({ count: 43 * (rounds + 1), size, seed: 3 })
    // the middle, where there is little but the sign, in the same light
    const middle = (i: number): readonly number[] => {
      const inside = [0, 1, 2]
        .flatMap((c) =>
          Array.from({ length: 144 }, (_, p) => (c * size + 4 + Math.floor(p / 12)) * size + 4 + (p % 12)),
        )
        .map((at) => many.pixels[i * bytes + at])
      const brightest = Math.max(...inside)
      return inside.map((v) => v / brightest)
    }
    const means = Array.from({ length: 43 }, (_, c) => {
      const seen = Array.from({ length: rounds }, (_, round) => middle(43 * round + c))
      return seen[0].map((_, p) => seen.reduce((sum, one) => sum + one[p] / rounds, 0))
    })
    const right = means.filter((_, c) => {
      const unseen = middle(43 * rounds + c)
      const distances = means.map((mean) => mean.reduce((sum, v, p) => sum + (v - unseen[p]) ** 2, 0))
      return distances.indexOf(Math.min(...distances)) === c
    })
    expect(right.length).toBeGreaterThan(43 / 2)
  })
})
