import { describe, expect, it } from 'vitest'
import {
  DTypeError,
  grad,
  jacfwd,
  jacrev,
  makeGraph,
  np,
  ShapeError,
  type Tensor,
  vmap,
} from '../../src/index.js'
import * as lax from '../../src/lax.js'
import { f64, plain } from './doubles.js'

const drop = { mode: 'drop' } as const
const int32 = (values: readonly number[]) => np.array(values, { dtype: 'int32' })

describe('indexed updates', () => {
  const x = f64([1, 2, 3, 4])
  const at = int32([1, 1, -1, 9])

  it('combine what is named twice, and drop what is outside', () => {
    expect(
      x
        .at(at)
        .set(f64([5, 6, 7, 8]), drop)
        .toArray(),
    ).toEqual([1, 6, 3, 7])
    expect(
      x
        .at(at)
        .add(f64([5, 6, 7, 8]), drop)
        .toArray(),
    ).toEqual([1, 13, 3, 11])
    expect(
      x
        .at(at)
        .mul(f64([5, 6, 7, 8]), drop)
        .toArray(),
    ).toEqual([1, 60, 3, 28])
    expect(
      x
        .at(at)
        .min(f64([0, 6, 7, 8]), drop)
        .toArray(),
    ).toEqual([1, 0, 3, 4])
    expect(
      x
        .at(at)
        .max(f64([5, 6, 3, 8]), drop)
        .toArray(),
    ).toEqual([1, 6, 3, 4])
  })

  it('take ranges, in any direction', () => {
    const part = { start: 3, stop: 0, step: -2 } as const
    expect(
      x
        .at(part)
        .mul(f64([10, 100]))
        .toArray(),
    ).toEqual([1, 200, 3, 40])
    expect(
      x
        .at(part)
        .min(f64([0, 9]))
        .toArray(),
    ).toEqual([1, 2, 3, 0])
    expect(
      x
        .at(part)
        .max(f64([9, 0]))
        .toArray(),
    ).toEqual([1, 2, 3, 9])
    expect(x.at(7).mul(0, drop).toArray()).toEqual([1, 2, 3, 4])
  })

  it('work on rows and on pairs of positions', () => {
    const m = f64([
      [1, 2],
      [3, 4],
    ])
    expect(
      m
        .at([1, 1])
        .mul(
          f64([
            [2, 3],
            [5, 7],
          ]),
        )
        .toArray(),
    ).toEqual([
      [1, 2],
      [30, 84],
    ])
    expect(
      m
        .at([0, 1], [1, 0])
        .max(f64([9, 0]))
        .toArray(),
    ).toEqual([
      [1, 9],
      [3, 4],
    ])
    expect(
      m
        .at(':', int32([0, 0]))
        .set(
          f64([
            [5, 6],
            [7, 8],
          ]),
        )
        .toArray(),
    ).toEqual([
      [6, 2],
      [8, 4],
    ])
  })

  it('keep dtypes: no fractions into integers, whole numbers into anything', () => {
    expect(int32([1, 2]).at([0]).mul(3).toArray()).toEqual([3, 2])
    expect(() => int32([1, 2]).at([0]).mul(0.5)).toThrow(DTypeError)
    expect(
      np
        .array([true, false])
        .at(int32([0, 1]))
        .set(np.array([false, true]))
        .toArray(),
    ).toEqual([false, true])
  })

  it('set keeps the last of many writes, whatever their number', () => {
    const n = 2000
    const places = Array.from({ length: n }, (_, i) => (i * 7919) % 61)
    const want = new Array<number>(61).fill(-1)
    places.forEach((place, i) => {
      want[place] = i
    })
    const all = np.full([61], -1).at(int32(places)).set(np.arange(n))
    expect(all.toArray()).toEqual(want)
  })
})

describe('derivatives of indexed updates', () => {
  const at = int32([0, 2, 0, 7])
  const x = f64([2, 3, 5])
  const u = f64([7, 11, 13, 17])
  const both = (f: (x: Tensor, u: Tensor) => Tensor, argnum: number) => {
    const [forward, reverse] = [jacfwd, jacrev].map((jac) => jac(f, { argnums: argnum })(x, u).toArray())
    expect(forward).toEqual(reverse)
    return forward
  }

  it('set: of the last write, and of what is not written', () => {
    const f = (y: Tensor, v: Tensor) => y.at(at).set(v, drop)
    expect(both(f, 0)).toEqual([
      [0, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
    ])
    expect(both(f, 1)).toEqual([
      [0, 0, 1, 0],
      [0, 0, 0, 0],
      [0, 1, 0, 0],
    ])
  })

  it('mul: of every factor, also beside others and zeros', () => {
    const f = (y: Tensor, v: Tensor) => y.at(at).mul(v, drop)
    expect(both(f, 0)).toEqual([
      [91, 0, 0],
      [0, 1, 0],
      [0, 0, 11],
    ])
    expect(both(f, 1)).toEqual([
      [26, 0, 14, 0],
      [0, 0, 0, 0],
      [0, 5, 0, 0],
    ])
    const product = (v: Tensor) =>
      f64([2])
        .at(int32([0, 0, 0]))
        .mul(v)
        .sum()
    expect(plain(grad(product)(f64([0, 3, 5])))).toEqual([30, 0, 0])
    const mixed = (v: Tensor) =>
      grad(product)(v)
        .mul(f64([1, 0, 0]))
        .sum()
    expect(plain(grad(mixed)(f64([0, 3, 5])))).toEqual([0, 10, 6])
    const other = (v: Tensor) =>
      grad(product)(v)
        .mul(f64([0, 1, 0]))
        .sum()
    expect(plain(grad(other)(f64([0, 3, 5])))).toEqual([10, 0, 0])
  })

  it('min and max: equal ones share', () => {
    const f = (v: Tensor) =>
      f64([4, 1])
        .at(int32([0, 0, 0, 1]))
        .max(v)
        .sum()
    expect(plain(grad(f)(f64([4, 4, 2, 0])))).toEqual([1 / 3, 1 / 3, 0, 0])
    const g = (y: Tensor) =>
      y
        .at(int32([0, 0]))
        .min(f64([4, 4]))
        .sum()
    expect(plain(grad(g)(f64([4, -1])))).toEqual([1 / 3, 1])
  })
})

describe('positions out of range', () => {
  const x = f64([1, 2, 3])
  const at = int32([-1, 3, -4, 0])

  it('are clipped, or filled', () => {
    expect(x.at(at).get({ mode: 'clip' }).toArray()).toEqual([3, 3, 1, 1])
    expect(x.at(at).get({ mode: 'fill' }).toArray()).toEqual([3, Number.NaN, Number.NaN, 1])
    expect(int32([1, 2, 3]).at(at).get({ mode: 'fill' }).toArray()).toEqual([3, 0, 0, 1])
    expect(x.at(5).get({ mode: 'fill', fillValue: 7 }).item()).toBe(7)
    expect(np.take(x, [5, 1], 0, { mode: 'fill', fillValue: 0 }).toArray()).toEqual([0, 2])
    const rows = f64([
      [1, 2],
      [3, 4],
    ])
    expect(rows.at(':', [0, 2]).get({ mode: 'fill', fillValue: 0 }).toArray()).toEqual([
      [1, 0],
      [3, 0],
    ])
    expect(
      np
        .takeAlongAxis(rows, np.array([[2], [-1]], { dtype: 'int32' }), 1, { mode: 'fill', fillValue: 9 })
        .toArray(),
    ).toEqual([[9], [4]])
    expect(f64([]).at([0]).get({ mode: 'fill', fillValue: 1 }).toArray()).toEqual([1])
  })

  it('get no gradient where filled', () => {
    expect(plain(grad((y: Tensor) => y.at(at).get({ mode: 'fill' }).get([0, 3]).sum())(x))).toEqual([1, 0, 1])
    expect(plain(grad((y: Tensor) => y.at(at).get({ mode: 'fill', fillValue: 0 }).sum())(x))).toEqual([
      1, 0, 1,
    ])
    expect(plain(grad((y: Tensor) => y.at(at).get({ mode: 'clip' }).sum())(x))).toEqual([2, 0, 2])
  })
})

describe('gather and scatter without unrolling', () => {
  it('batch to as many equations for any number of examples', () => {
    const count = (f: (x: Tensor, at: Tensor, u: Tensor) => Tensor, n: number) =>
      makeGraph(vmap(f))(np.ones([n, 4]), np.ones([n, 2], { dtype: 'int32' }), np.ones([n, 2])).graph.eqns
        .length
    const updates = {
      set: (x, at, u) => x.at(at).set(u),
      add: (x, at, u) => x.at(at).add(u),
      mul: (x, at, u) => x.at(at).mul(u),
      max: (x, at, u) => x.at(at).max(u),
      get: (x, at) => x.at(at).get({ mode: 'fill' }),
    } satisfies Record<string, (x: Tensor, at: Tensor, u: Tensor) => Tensor>
    for (const [name, f] of Object.entries(updates)) expect(count(f, 64), name).toBe(count(f, 2))
  })

  it('read several windows as one gather', () => {
    const x = np.arange(20).reshape([4, 5])
    const starts = np.array(
      [
        [0, 1],
        [2, 3],
        [9, 9],
      ],
      { dtype: 'int32' },
    )
    const window = (start: Tensor) => lax.dynamicSlice(x, [start.get(0), start.get(1)], [2, 2])
    expect(vmap(window)(starts).toArray()).toEqual([
      [
        [1, 2],
        [6, 7],
      ],
      [
        [13, 14],
        [18, 19],
      ],
      [
        [13, 14],
        [18, 19],
      ],
    ])
  })

  it('add several windows into one array by index arrays with a window axis', () => {
    const starts = int32([0, 1, 3])
    const places = starts.expandDims(1).add(int32([0, 1]))
    expect(np.zeros([4]).at(places).add(1, drop).toArray()).toEqual([1, 2, 1, 1])
  })

  it('refuse updates of another form', () => {
    expect(() => lax.scatterSet(np.ones([3]), [int32([0])], np.ones([2]), [0])).toThrow(
      'scatterSet: updates of shape [1] are required, got f32[2]',
    )
    expect(() => lax.scatterMul(np.ones([3]), [int32([0])], f64([1]), [0])).toThrow(DTypeError)
    expect(() => lax.scatterMax(np.array([true]), [int32([0])], np.array([true]), [0])).toThrow(DTypeError)
    expect(() => lax.scatterMin(np.ones([3]), [], np.ones([3]), [0])).toThrow(ShapeError)
  })
})
