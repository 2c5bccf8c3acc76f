import { describe, expect, it } from 'vitest'
import { grad, jit, np, type Tensor } from '../../../src/index.js'
import { f64, plain } from '../../ops/doubles.js'

describe('hypot', () => {
  it('is infinite beside an infinite operand, NaN too, and NaN beside NaN alone', () => {
    const of = (x: number, y: number) => np.hypot(f64(x), f64(y)).item()
    expect(of(Infinity, NaN)).toBe(Infinity)
    expect(of(NaN, -Infinity)).toBe(Infinity)
    expect(of(-Infinity, Infinity)).toBe(Infinity)
    expect(of(NaN, 1)).toBeNaN()
    expect(of(0, NaN)).toBeNaN()
  })

  it('is exact where the sides and it are whole', () => {
    const n = Array.from({ length: 60 }, (_, i) => i)
    for (const dtype of ['float32', 'float64'] as const) {
      const of = (f: (i: number) => number) => np.array(n.map(f), { dtype })
      const lengths = np.hypot(
        of((i) => i * i - 1),
        of((i) => 2 * i),
      )
      expect(plain(lengths)).toEqual(n.map((i) => i * i + 1))
    }
  })

  it('neither overflows nor vanishes', () => {
    for (const scale of [1e300, 1e-300, 2 ** 1020, 2 ** -1060])
      expect(np.hypot(f64(3 * scale), f64(-4 * scale)).item() / scale).toBeCloseTo(5, 12)
    for (const scale of [1e30, 1e-30, 2 ** 124, 2 ** -124])
      expect(np.hypot(np.array(3 * scale), np.array(-4 * scale)).item() / 5 / scale).toBeCloseTo(1, 6)
  })

  it('has the derivative of the infinite operand, and none at the origin', () => {
    const slope = (x: number, y: number) => grad((t: Tensor) => np.hypot(t, f64(y)))(f64(x)).item()
    expect(slope(Infinity, 1)).toBe(1)
    expect(slope(-Infinity, NaN)).toBe(-1)
    expect(slope(1, Infinity)).toBe(0)
    expect(slope(0, 0)).toBe(0)
    expect(slope(-3, 4)).toBeCloseTo(-0.6, 15)
  })
})

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe.each([
  ['wasm', 'float32', -149, 127],
  ['wasm', 'float64', -1074, 1023],
  ['reference', 'float32', -149, 127],
  ['reference', 'float64', -1074, 1023],
] as const)('powers and logarithms on %s in %s', (backend, dtype, least, most) => {
  const apply = (f: (x: Tensor) => Tensor, xs: readonly number[]) =>
    plain(jit(f, { backend })(np.array(xs, { dtype })))
  const stored = (x: number) => (dtype === 'float32' ? Math.fround(x) : x)
  const whole = range(least, most)

  it('are exact at all powers of two', () => {
    expect(
      apply(
        np.log2,
        whole.map((n) => 2 ** n),
      ),
    ).toEqual(whole)
    expect(apply(np.exp2, whole)).toEqual(whole.map((n) => 2 ** n))
    expect(apply((n) => np.power(2, n), whole)).toEqual(whole.map((n) => 2 ** n))
  })

  it('do not fall short beyond a power of two', () => {
    const eps = dtype === 'float32' ? 2 ** -23 : 2 ** -52
    const normal = whole.slice(dtype === 'float32' ? 23 : 52)
    const above = normal.map((n) => 2 ** n * (1 + eps))
    expect(apply((x) => np.floor(np.log2(x)), above)).toEqual(normal)
  })

  it('are exact at powers of ten', () => {
    const tens = dtype === 'float32' ? range(-37, 38) : range(-307, 308)
    expect(
      apply(
        np.log10,
        tens.map((n) => stored(Number(`1e${n}`))),
      ),
    ).toEqual(tens)
    const exact = range(0, dtype === 'float32' ? 10 : 22)
    expect(apply((n) => np.power(10, n), exact)).toEqual(exact.map((n) => 10 ** n))
  })

  it('of cubes and squares are whole', () => {
    const n = range(-100, 100)
    expect(
      apply(
        np.cbrt,
        n.map((x) => x ** 3),
      ),
    ).toEqual(n)
    expect(
      apply(
        np.sqrt,
        n.map((x) => x ** 2),
      ),
    ).toEqual(n.map(Math.abs))
  })
})

describe('logarithms', () => {
  it('are right at the ends and elsewhere', () => {
    expect(plain(np.log2(f64([0, Infinity, -1, NaN])))).toEqual([-Infinity, Infinity, NaN, NaN])
    expect(plain(np.log10(f64([0, Infinity, -1])))).toEqual([-Infinity, Infinity, NaN])
    expect(plain(np.exp2(f64([-Infinity, Infinity, NaN, -1100])))).toEqual([0, Infinity, NaN, 0])
    expect(np.log2(8).item()).toBe(3)
    expect(np.exp2(np.array([3], { dtype: 'int32' })).dtype).toBe('float32')
    for (const x of [0.3, 1.0001, 3, 12345.678, 1e-200, 1.7e308]) {
      expect(np.log2(f64(x)).item() / Math.log2(x)).toBeCloseTo(1, 14)
      expect(np.log10(f64(x)).item() / Math.log10(x)).toBeCloseTo(1, 14)
    }
  })

  it('have their derivatives', () => {
    const slope = (f: (x: Tensor) => Tensor, x: number) => grad(f)(f64(x)).item()
    for (const x of [0.3, 1, 8, 1e10]) {
      expect(slope(np.log2, x) * x).toBeCloseTo(Math.LOG2E, 14)
      expect(slope(np.log10, x) * x).toBeCloseTo(Math.LOG10E, 14)
      expect(slope((t) => grad(np.log2)(t), x) * x * x).toBeCloseTo(-Math.LOG2E, 14)
    }
    expect(slope(np.exp2, 3)).toBeCloseTo(8 * Math.LN2, 14)
  })
})

describe('clip', () => {
  it('lets a parameter leave the bound that it starts on', () => {
    const total = (x: Tensor) => np.clip(x, 0, 1).sum()
    expect(plain(grad(total)(f64([-1, 0, 0.5, 1, 2])))).toEqual([0, 1, 1, 1, 0])
    const floored = (x: Tensor) => np.clip(x, 0, null).sum()
    expect(plain(grad(floored)(f64([-1, 0, 1])))).toEqual([0, 1, 1])
  })
})
