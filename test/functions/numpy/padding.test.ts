import { describe, expect, it } from 'vitest'
import type { PadMode } from '../../../src/functions/numpy/padding.js'
import { GradError, grad, np, ShapeError, type Tensor } from '../../../src/index.js'
import { plain } from '../../ops/doubles.js'

/** Where in an axis of n elements the element of place i comes from; places run on past both ends. */
const sources: Record<Exclude<PadMode, 'constant'>, (i: number, n: number) => number> = {
  edge: (i, n) => Math.min(Math.max(i, 0), n - 1),
  wrap: (i, n) => ((i % n) + n) % n,
  symmetric: (i, n) => {
    const k = ((i % (2 * n)) + 2 * n) % (2 * n)
    return Math.min(k, 2 * n - 1 - k)
  },
  reflect: (i, n) => {
    if (n === 1) return 0
    const period = 2 * n - 2
    const k = ((i % period) + period) % period
    return Math.min(k, period - k)
  },
}

const modes = ['edge', 'reflect', 'symmetric', 'wrap'] as const

describe('pad', () => {
  it('is NumPy’s', () => {
    const x = np.array([1, 2, 3])
    expect(plain(np.pad(x, [2, 3], { mode: 'symmetric' }))).toEqual([2, 1, 1, 2, 3, 3, 2, 1])
    expect(plain(np.pad(x, [2, 3], { mode: 'wrap' }))).toEqual([2, 3, 1, 2, 3, 1, 2, 3])
    expect(plain(np.pad(x, [2, 3], { mode: 'reflect' }))).toEqual([3, 2, 1, 2, 3, 2, 1, 2])
  })

  it.each(modes)('%s takes each element from where it should, however wide it is', (mode) => {
    for (const n of [1, 2, 3, 5])
      for (const low of [0, 1, 2, 4, 11])
        for (const high of [0, 1, 3, 12]) {
          const expected = Array.from({ length: low + n + high }, (_, i) => sources[mode](i - low, n))
          expect(plain(np.pad(np.arange(n), [low, high], { mode })), `${n} ${low} ${high}`).toEqual(expected)
        }
  })

  it('goes axis by axis, and its derivative gathers the copies', () => {
    const x = np.array([
      [1, 2],
      [3, 4],
    ])
    expect(
      np
        .pad(
          x,
          [
            [0, 1],
            [1, 0],
          ],
          { mode: 'wrap' },
        )
        .toArray(),
    ).toEqual([
      [2, 1, 2],
      [4, 3, 4],
      [2, 1, 2],
    ])
    const total = (mode: PadMode) =>
      grad((t: Tensor) => np.pad(t, [2, 2], { mode }).sum())(np.array([1, 2, 3]))
    expect(plain(total('symmetric'))).toEqual([2, 3, 2])
    expect(plain(total('reflect'))).toEqual([2, 3, 2])
    expect(plain(total('wrap'))).toEqual([2, 3, 2])
    expect(plain(total('edge'))).toEqual([3, 1, 3])
  })

  it('refuses an unknown mode, and an edge where there is none', () => {
    const mode = 'linear_ramp' as PadMode
    expect(() => np.pad(np.array([1, 2]), 1, { mode })).toThrow(GradError)
    for (const known of modes) expect(() => np.pad(np.zeros([0]), 1, { mode: known })).toThrow(ShapeError)
    expect(
      np.pad(
        np.zeros([0, 2]),
        [
          [0, 0],
          [1, 0],
        ],
        { mode: 'wrap' },
      ).shape,
    ).toEqual([0, 3])
  })
})
