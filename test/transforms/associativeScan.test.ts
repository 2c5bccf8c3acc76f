import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  grad,
  jit,
  makeGraph,
  np,
  ShapeError,
  type Tensor,
  TreeMismatchError,
  vmap,
} from '../../src/index.js'
import { associativeScan } from '../../src/lax.js'

type Affine = { readonly a: Tensor; readonly b: Tensor }

/** x ↦ a₂·(a₁·x + b₁) + b₂: associative, not commutative. */
const after = (first: Affine, second: Affine): Affine => ({
  a: first.a.mul(second.a),
  b: second.a.mul(first.b).add(second.b),
})

const wholes = fc.integer({ min: -2, max: 2 })

describe('associativeScan', () => {
  it('is the loop, of any length, from either end, with trees and an f that does not commute', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(wholes, wholes), { maxLength: 12 }), fc.boolean(), (pairs, reverse) => {
        const xs = {
          a: np.array(pairs.map(([a]) => a)).reshape([pairs.length]),
          b: np.array(pairs.map(([, b]) => b)).reshape([pairs.length]),
        }
        const got = associativeScan(after, xs, { reverse })
        const order = reverse ? [...pairs].reverse() : pairs
        const rows: [number, number][] = []
        for (const [a, b] of order) {
          const [a0, b0] = rows.at(-1) ?? [1, 0]
          rows.push(rows.length === 0 ? [a, b] : [a0 * a + 0, a * b0 + b])
        }
        if (reverse) rows.reverse()
        const column = (k: 0 | 1) => rows.map((r) => r[k] + 0)
        expect(got.a.add(0).toArray()).toEqual(column(0))
        expect(got.b.add(0).toArray()).toEqual(column(1))
      }),
    )
  })

  it('goes along any axis, under jit and vmap, and has derivatives', () => {
    const x = np.arange(1, 13, { dtype: 'float32' }).reshape([3, 4]).mul(0.3)
    const product = (y: Tensor, axis: number) =>
      associativeScan((p: Tensor, q: Tensor) => p.mul(q), y, { axis })
    expect(np.allclose(product(x, -1), np.cumprod(x, 1))).toBe(true)
    expect(np.allclose(jit((y: Tensor) => product(y, 0))(x), np.cumprod(x, 0))).toBe(true)
    expect(np.allclose(vmap((row: Tensor) => product(row, 0))(x), np.cumprod(x, 1))).toBe(true)
    const weights = np.cos(x)
    const cost = (scan: (y: Tensor) => Tensor) => (y: Tensor) => scan(y).mul(weights).sum()
    expect(
      np.allclose(grad(cost((y) => product(y, 1)))(x), grad(cost((y) => np.cumprod(y, 1)))(x), {
        rtol: 1e-4,
      }),
    ).toBe(true)
  })

  it('joins a number of times that grows with the logarithm of the length', () => {
    const joins = (n: number) => {
      let calls = 0
      makeGraph((y: Tensor) =>
        associativeScan((p: Tensor, q: Tensor) => {
          calls++
          return p.add(q)
        }, y),
      )(np.zeros([n]))
      return calls
    }
    expect([1, 2, 16, 1024].map(joins)).toEqual([0, 1, 7, 19])
  })

  it('refuses leaves of different lengths, and an f that changes shapes or structure', () => {
    const plus = (p: readonly Tensor[], q: readonly Tensor[]) => p.map((t, i) => t.add(q[i]))
    expect(() => associativeScan(plus, [np.zeros([2]), np.zeros([3])])).toThrow(ShapeError)
    expect(() => associativeScan((p: Tensor) => p.sum(), np.zeros([4]))).toThrow(
      /f32\[2\] is required, got f32\[\]/,
    )
    expect(() => associativeScan((p: Tensor[]) => [p[0], p[0]], [np.zeros([4])])).toThrow(TreeMismatchError)
  })
})
