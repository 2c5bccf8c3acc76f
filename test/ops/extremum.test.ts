import { describe, expect, it } from 'vitest'
import { DTypeError, grad, jvp, np, ShapeError, type Tensor } from '../../src/index.js'
import { clamp } from '../../src/ops/elementwise/clamp.js'
import { argmax, argmin } from '../../src/ops/reductions/argExtremum.js'
import { cummax, cummin } from '../../src/ops/reductions/cumulative.js'
import { reduceMax, reduceMin } from '../../src/ops/reductions/reduceExtremum.js'
import { f64, plain } from './doubles.js'

const slope = (f: (x: Tensor) => Tensor, x: readonly number[]) =>
  plain(grad((v: Tensor) => f(v).sum())(f64(x)))

describe('maximum and minimum', () => {
  it.each([
    ['maximum', np.maximum, [0.5, 1, 0]],
    ['minimum', np.minimum, [0.5, 0, 1]],
  ] as const)('%s gives half of the derivative to each at a tie', (_name, f, expected) => {
    const [x, y] = [f64([2, 3, 1]), f64([2, 1, 3])]
    expect(plain(grad((a: Tensor) => f(a, y).sum())(x))).toEqual(expected)
    expect(plain(grad((b: Tensor) => f(x, b).sum())(y))).toEqual(expected.map((w) => 1 - w))
  })

  it('let NaN win from either side', () => {
    const [x, y] = [f64([NaN, 1, NaN]), f64([1, NaN, NaN])]
    expect(plain(np.maximum(x, y))).toEqual([NaN, NaN, NaN])
    expect(plain(np.minimum(x, y))).toEqual([NaN, NaN, NaN])
  })

  it('let the derivative through to both beside NaN, as relu does', () => {
    for (const f of [np.maximum, np.minimum]) {
      expect(slope((x) => f(x, f64([1, NaN])), [NaN, 1])).toEqual([1, 1])
      expect(slope((x) => f(f64([1, NaN]), x), [NaN, 1])).toEqual([1, 1])
    }
  })

  it('have a derivative of ½ in relu written as maximum(x, 0) at 0', () => {
    expect(slope((x) => np.maximum(x, 0), [-1, 0, 1])).toEqual([0, 0.5, 1])
  })
})

describe('abs and sign', () => {
  it('have derivative 0 at 0', () => {
    expect(slope(np.abs, [-2, 0, 3])).toEqual([-1, 0, 1])
    expect(slope(np.sign, [-2, 0, 3])).toEqual([0, 0, 0])
  })

  it('keep NaN', () => {
    expect(plain(np.sign(f64([NaN])))).toEqual([NaN])
  })
})

describe('clamp', () => {
  it('has derivative 1 inside and on the bounds, 0 beyond; NaN lets it through', () => {
    expect(slope((x) => clamp(0, x, 1), [-1, 0, 0.5, 1, 2, NaN])).toEqual([0, 1, 1, 1, 0, 1])
  })

  it('moves as much as its three operands together, wherever they stand', () => {
    for (const low of [0, 1, 2])
      for (const x of [0, 1, 2])
        for (const high of [0, 1, 2]) {
          const moved = (t: Tensor) => clamp(t.add(low), t.add(x), t.add(high))
          expect(slope(moved, [0]), `${low} ${x} ${high}`).toEqual([1])
        }
  })

  it('hands the derivative to the bound that is active', () => {
    const x = f64([-1, 0.5, 2])
    const bounds = (low: Tensor, high: Tensor) => clamp(low, x, high).sum()
    expect(plain(grad(bounds)(f64([0, 0, 0]), f64([1, 1, 1])))).toEqual([1, 0, 0])
    expect(plain(grad(bounds, { argnums: 1 })(f64([0, 0, 0]), f64([1, 1, 1])))).toEqual([0, 0, 1])
  })

  it('is the upper bound where the bounds cross, and NaN where x is', () => {
    expect(plain(clamp(f64([3, 0]), f64([2, NaN]), f64([1, 1])))).toEqual([1, NaN])
  })
})

describe('reduceMax and reduceMin', () => {
  it.each([
    ['max', reduceMax, [1, 5, 5, 2], [0, 0.5, 0.5, 0]],
    ['min', reduceMin, [1, 5, 1, 1], [1 / 3, 0, 1 / 3, 1 / 3]],
  ] as const)('%s shares the derivative equally among ties', (_name, f, x, expected) => {
    expect(slope((v) => f(v, [0]), x)).toEqual(expected)
  })

  it('let NaN win, wherever it stands', () => {
    for (const x of [
      [NaN, 1, 2],
      [1, NaN, 2],
      [1, 2, NaN],
    ]) {
      expect(plain(reduceMax(f64(x), [0]))).toEqual([NaN])
      expect(plain(reduceMin(f64(x), [0]))).toEqual([NaN])
    }
  })

  it('have the derivative NaN where they are NaN', () => {
    for (const f of [reduceMax, reduceMin]) {
      expect(slope((x) => f(x, [0]), [1, NaN])).toEqual([NaN, NaN])
      const rows = f64([
        [1, NaN],
        [3, 3],
      ])
      expect(plain(grad((x: Tensor) => f(x, [1]).get(1))(rows))).toEqual([NaN, NaN, 0.5, 0.5])
      expect(jvp((x: Tensor) => f(x, [0]), [f64([1, NaN])], [f64([1, 1])])[1].item()).toBeNaN()
    }
  })

  it('reach the limits of integers', () => {
    const i32 = np.array(Int32Array.of(-2147483648, -2147483648))
    const u32 = np.array(Uint32Array.of(4294967295, 4294967295))
    expect(plain(reduceMax(i32, [0]))).toEqual([-2147483648])
    expect(plain(reduceMin(u32, [0]))).toEqual([4294967295])
  })

  it('have second derivatives through the place of the extremum', () => {
    const f = (x: Tensor) => reduceMax(np.square(x), [0])
    expect(plain(grad((x: Tensor) => grad(f)(x).sum())(f64([1, -3, 2])))).toEqual([0, 2, 0])
  })

  it('refuse bool, and axes that are not there', () => {
    expect(() => reduceMax(np.array([true]), [0])).toThrow(DTypeError)
    expect(() => reduceMin(f64([1]), [1])).toThrow(ShapeError)
    expect(() => reduceMin(f64([[1]]), [0, 0])).toThrow(ShapeError)
  })
})

describe('argmax and argmin', () => {
  it.each([
    [[1, 5, 5, 0, 0], 1, 3],
    [[1, NaN, 9, NaN], 1, 1],
    [[-Infinity, -Infinity], 0, 0],
    [[Infinity, Infinity], 0, 0],
    [[-0, 0], 0, 0],
    [[3], 0, 0],
  ])('of %j are %i and %i', (x, most, least) => {
    expect(plain(argmax(f64(x), 0))).toEqual([most])
    expect(plain(argmin(f64(x), 0))).toEqual([least])
  })

  it('find the first of many equal elements, and the first NaN of a long axis', () => {
    const x = new Float64Array(5000).fill(7)
    expect(plain(argmax(np.array(x), 0))).toEqual([0])
    x[1234] = NaN
    x[4321] = NaN
    expect(plain(argmin(np.array(x), 0))).toEqual([1234])
  })

  it('give int32 along the axis asked for, of bools and of the least integers too', () => {
    const out = argmax(
      f64([
        [1, 2, 9],
        [4, 5, 6],
      ]),
      0,
    )
    expect(out.dtype).toBe('int32')
    expect(plain(out)).toEqual([1, 1, 0])
    expect(plain(argmax(np.array([false, true, true]), 0))).toEqual([1])
    expect(plain(argmax(np.array(Int32Array.of(-2147483648, -2147483648)), 0))).toEqual([0])
  })

  it('refuse an empty axis', () => {
    expect(() => argmax(np.zeros([2, 0]), 1)).toThrow(ShapeError)
  })
})

describe('cummax and cummin', () => {
  it('give the derivative to the latest place that attained the extremum', () => {
    const weights = f64([1, 10, 100, 1000])
    expect(slope((x) => np.mul(cummax(x, 0), weights), [1, 3, 3, 2])).toEqual([1, 10, 1100, 0])
    expect(slope((x) => np.mul(cummax(x, 0, true), weights), [1, 3, 3, 2])).toEqual([0, 11, 100, 1000])
    expect(slope((x) => np.mul(cummin(x, 0), weights), [2, 1, 1, 3])).toEqual([1, 10, 1100, 0])
  })

  it('stay NaN once they are', () => {
    expect(plain(cummax(f64([1, NaN, 3]), 0))).toEqual([1, NaN, NaN])
    expect(plain(cummin(f64([1, NaN, 3]), 0, true))).toEqual([NaN, NaN, 3])
  })
})

describe('extrema of nothing', () => {
  it('throw, as in NumPy, unless there is no result either', () => {
    const int32 = np.zeros([0], { dtype: 'int32' })
    for (const f of [np.max, np.min, np.argmax, np.argmin]) {
      for (const x of [np.array([]), int32, np.zeros([0, 2]), np.array([], { dtype: 'bool' })])
        expect(() => f(x)).toThrow(ShapeError)
      expect(() => f(np.zeros([3, 0]), { axis: 1 })).toThrow(ShapeError)
      expect(f(np.zeros([3, 0]), { axis: 0 }).shape).toEqual([0])
    }
    expect(np.max(np.zeros([0, 0]), { axis: 0 }).shape).toEqual([0])
    expect(() => np.max([] as never)).toThrow()
    expect(() => np.max(np.array([]))).toThrow(
      'max: at least one element for each result is required, got f32[0] over axes [0].',
    )
  })
})
