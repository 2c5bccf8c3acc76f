import { describe, expect, it } from 'vitest'
import { grad, jit, np, random, ShapeError, type Tensor, TreeMismatchError, vmap } from '../../src/index.js'
import { expectClose, scalar, vector } from './doubles.js'

const matrix = (...rows: readonly (readonly number[])[]): Tensor => np.array(rows, { dtype: 'float64' })
const m = matrix([1, 2, 3], [4, 5, 6])

describe('axes of vmap', () => {
  it('maps over the first axis, another one, or one counted from the end', () => {
    const sum = (x: Tensor) => x.sum()
    expectClose(vmap(sum)(m), [6, 15], [2])
    expectClose(vmap(sum, 1)(m), [5, 7, 9], [3])
    expectClose(vmap(sum, -1)(m), [5, 7, 9], [3])
    expectClose(vmap(sum, -2)(m), [6, 15], [2])
  })

  it('puts the axis of results where outAxes says', () => {
    const twice = (x: Tensor) => x.mul(2)
    expectClose(vmap(twice, 0, 1)(m), [2, 8, 4, 10, 6, 12], [3, 2])
    expectClose(vmap(twice, 0, -1)(m), [2, 8, 4, 10, 6, 12], [3, 2])
    expectClose(vmap(twice, 1, 1)(m), [2, 4, 6, 8, 10, 12], [2, 3])
  })

  it('leaves arguments with null alone, numbers too', () => {
    const f = (x: Tensor, y: Tensor, n: number | Tensor) => x.dot(y).mul(n)
    expectClose(vmap(f, [0, null, null])(m, vector(1, 0, 1), 10), [40, 100], [2])
  })

  it('takes prefixes of the tree, one axis for everything below', () => {
    type P = { readonly a: Tensor; readonly b: { readonly c: Tensor; readonly d: Tensor } }
    const f = (p: P) => p.a.add(p.b.c.mul(p.b.d))
    const p = { a: vector(1, 2), b: { c: vector(3, 4), d: vector(5, 6) } }
    expectClose(vmap(f, [{ a: 0, b: 0 }])(p), [16, 26])
    expectClose(
      vmap(f, [{ a: null, b: { c: 0, d: null } }])({
        ...p,
        a: scalar(1),
        b: { c: vector(3, 4), d: scalar(2) },
      }),
      [7, 9],
    )
    const out = vmap((x: Tensor) => ({ one: x, rest: [x.mul(2), x.mul(3)] as const }), 0, {
      one: 0,
      rest: 1,
    })(m)
    expect([out.one.shape, out.rest[0].shape, out.rest[1].shape]).toEqual([
      [2, 3],
      [3, 2],
      [3, 2],
    ])
  })

  it('results that are the same for all slices are repeated, or not with outAxes null', () => {
    const [same, mapped] = vmap((x: Tensor) => [scalar(7), x] as const, 0, 0)(vector(1, 2))
    expectClose(same, [7, 7], [2])
    expectClose(mapped, [1, 2], [2])
    expectClose(vmap((_x: Tensor) => scalar(7), 0, null)(vector(1, 2)), [7], [])
    expect(() => vmap((x: Tensor) => x, 0, null)(vector(1, 2))).toThrow(/outAxes is null/)
  })

  it('refuses axes that are not there, sizes that differ, and nothing to map over', () => {
    const f = (x: Tensor, _y: Tensor) => x
    expect(() => vmap(f, [2, null])(m, m)).toThrow(ShapeError)
    expect(() => vmap(f, [2, null])(m, m)).toThrow(/axis 2 of the argument at 0.*f64\[2,3\]/)
    expect(() => vmap(f, [-3, null])(m, m)).toThrow(ShapeError)
    expect(() => vmap(f)(m, vector(1, 2, 3))).toThrow(/2 at 0 and 3 at 1/)
    expect(() => vmap(f, null)(m, m)).toThrow(/all null/)
    expect(() => vmap(f)(m, scalar(1))).toThrow(/inAxes null/)
    expect(() => vmap(f, 0, 5)(m, m)).toThrow(/outAxes/)
    expect(() => vmap(f, 0.5)(m, m)).toThrow(ShapeError)
  })

  it('refuses inAxes that are no prefix, with the path', () => {
    const f = (p: { readonly a: Tensor }) => p.a
    expect(() => vmap(f, [{ b: 0 }])({ a: m })).toThrow(TreeMismatchError)
    expect(() => vmap(f, [{ a: [0] }])({ a: m })).toThrow(TreeMismatchError)
    expect(() => vmap(f, [0, 0])({ a: m })).toThrow(TreeMismatchError)
  })

  it('an axis of size one or zero', () => {
    expectClose(vmap((x: Tensor) => x.sum())(matrix([1, 2])), [3], [1])
    const none = vmap((x: Tensor) => np.sin(x).sum())(np.zeros([0, 3], { dtype: 'float64' }))
    expect(none.shape).toEqual([0])
  })
})

describe('vmap of whole programs', () => {
  it('matrix products: vector, matrix and batched, by nesting', () => {
    const dot = (x: Tensor, y: Tensor) => x.dot(y)
    const product = vmap(vmap(dot, [null, 1]), [0, null])
    const b = matrix([1, 0], [2, 1], [0, 3])
    expectClose(product(m, b), [5, 11, 14, 23], [2, 2])
    const stacked = np.stack([b, b.mul(2)])
    expectClose(vmap(product, [null, 0])(m, stacked), [5, 11, 14, 23, 10, 22, 28, 46], [2, 2, 2])
  })

  it('indexing by a mapped index and by a mapped array', () => {
    const at = (x: Tensor, i: Tensor) => np.take(x, i, 0)
    const index = np.array([2, 0], { dtype: 'int32' })
    expectClose(vmap(at, [0, 0])(m, index), [3, 4], [2])
    expectClose(vmap(at, [null, 0])(vector(10, 20, 30), index), [30, 10], [2])
    expectClose(vmap(at, [1, null])(m, np.array([1], { dtype: 'int32' })), [4, 5, 6], [3, 1])
  })

  it('jit inside vmap, and vmap of the gradient of a jitted function, trace once', () => {
    const f = jit((x: Tensor) => np.sin(x).mul(x).sum())
    const g = jit(vmap(grad(f)))
    const want = [1, 2, 3, 4, 5, 6].map((x) => Math.sin(x) + x * Math.cos(x))
    expectClose(g(m), want, [2, 3])
    expectClose(g(m), want, [2, 3])
    expect(g.traceCount()).toBe(1)
    expect(f.traceCount()).toBe(1)
  })

  it('random numbers under mapped keys are those of a loop', () => {
    const keys = random.splitStacked(random.key(3), 4)
    const mapped = vmap((k: Tensor) => random.normal(k, [2]))(keys)
    const looped = [0, 1, 2, 3].flatMap((i) => [...random.normal(keys.get(i), [2]).dataSync()])
    expect([...mapped.dataSync()]).toEqual(looped)
  })
})
