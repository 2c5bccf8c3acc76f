import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nn, np, random } from '../../../src/index.js'
import { mean, values } from '../moments.js'

const key = random.key(7)

describe('pools', () => {
  it('compute what the functions of their names in nn.functional do', () => {
    const x = random.normal(key, [2, 3, 6, 6])
    const pool = { window: 3, stride: 2, padding: 1 }
    expect(nn.maxPool(pool).call(null, x).toArray()).toEqual(nn.functional.maxPool(x, pool).toArray())
    expect(nn.avgPool(pool).call(null, x).toArray()).toEqual(nn.functional.avgPool(x, pool).toArray())
  })
})

describe('adaptive pools', () => {
  it('take the parts that PyTorch documents, for all sizes', () => {
    const axis = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 8 }))
    fc.assert(
      fc.property(axis, axis, fc.integer({ min: 0, max: 999 }), ([h, oh], [w, ow], seed) => {
        const x = random.normal(random.key(seed), [1, 1, h, w])
        const at = values(x)
        const part = (size: number, n: number, i: number) =>
          Array.from({ length: size }, (_, p) => p).filter(
            (p) => p >= Math.floor((i * size) / n) && p < Math.ceil(((i + 1) * size) / n),
          )
        const cells = Array.from({ length: oh * ow }, (_, cell) =>
          part(h, oh, Math.floor(cell / ow)).flatMap((r) => part(w, ow, cell % ow).map((c) => at[r * w + c])),
        )
        expect(values(nn.adaptiveMaxPool([oh, ow]).call(null, x))).toEqual(cells.map((c) => Math.max(...c)))
        values(nn.adaptiveAvgPool([oh, ow]).call(null, x)).forEach((v, i) => {
          expect(v).toBeCloseTo(mean(cells[i]), 5)
        })
      }),
      { numRuns: 40 },
    )
  })

  it('average integers as floats, and keep NaN', () => {
    const x = np.array([[[1, 2, 4]]], { dtype: 'int32' })
    expect(nn.adaptiveAvgPool(2).call(null, x).toArray()).toEqual([[[1.5, 3]]])
    expect(
      nn
        .adaptiveMaxPool(2)
        .call(null, np.array([[[1, Number.NaN, 4]]]))
        .toArray(),
    ).toEqual([[[Number.NaN, Number.NaN]]])
  })
})
