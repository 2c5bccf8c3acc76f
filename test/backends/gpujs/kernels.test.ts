import { expect, it, vi } from 'vitest'
import { Runtime } from '../../../src/backends/gpujs/runtime.js'
import { explain } from '../../../src/debug.js'
import {
  grad,
  jit,
  nn,
  np,
  optim,
  random,
  scan,
  type Tensor,
  valueAndGrad,
  whileLoop,
} from '../../../src/index.js'
import { describeOnGl, headless } from './gl.js'

const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN]

const flat = (x: Tensor): readonly number[] => [x.toArray()].flat(9) as number[]

/** On headless GL, the results of the reference: NaN and infinities the same, else to `tolerance` of the element, or of `scale`. */
const expectSame = <A extends readonly Tensor[]>(
  f: (...args: A) => Tensor,
  args: A,
  tolerance = 2e-6,
  scale = 0,
): void => {
  const want = flat(jit(f)(...args))
  const got = flat(jit(f, { backend: headless })(...args))
  expect(got.length).toBe(want.length)
  want.forEach((w, i) => {
    if (!Number.isFinite(w)) expect(got[i], `element ${i}`).toBe(w)
    else
      expect(Math.abs(got[i] - w), `element ${i}: ${got[i]}, not ${w}`).toBeLessThanOrEqual(
        tolerance * Math.max(scale, Math.abs(w)),
      )
  })
}

const values = np.array([
  ...[0, 1e-6, 1e-3, 0.1, 0.3, 0.5, 0.9, 1, 1.5, 2, 3, 5, 9, 20, 50, 88, 1e4, 1e5, inf],
  ...[-1e-6, -0.1, -0.5, -0.9, -1, -2, -3.5, -20, -1e4, -inf, nan],
])

describeOnGl('kernels on headless GL', () => {
  it('logarithms of powers of two and ten are whole, and powers of two exact', () => {
    const of = (f: (x: Tensor) => Tensor, xs: readonly number[]) =>
      flat(jit(f, { backend: headless })(np.array(xs)))
    const whole = Array.from({ length: 254 }, (_, i) => i - 126)
    const powers = whole.map((n) => 2 ** n)
    expect(of(np.log2, powers)).toEqual(whole)
    expect(of(np.exp2, whole)).toEqual(powers)
    const tens = whole.slice(126 - 37, 126 + 39)
    expect(
      of(
        np.log10,
        tens.map((n) => Number(`1e${n}`)),
      ),
    ).toEqual(tens)
  })

  it('functions are exact to a few units where the device itself is not', () => {
    for (const f of [
      np.tanh,
      np.log1p,
      np.expm1,
      np.asinh,
      np.log,
      np.atan,
      np.cbrt,
      np.sin,
      np.cos,
      np.sinh,
    ])
      expectSame((x: Tensor) => f(x), [values], 4e-6)
    for (const f of [np.erf, np.erfc, nn.sigmoid]) expectSame((x: Tensor) => f(x), [values], 4e-6)
  })

  it('NaN wins in extrema, and infinities are values', () => {
    expectSame((x: Tensor) => np.maximum(x, 1).add(np.minimum(x, -1)), [values])
    expectSame((x: Tensor) => np.where(x.greater(2), inf, np.where(x.less(-2), nan, x)), [values])
    expectSame((x: Tensor) => np.isfinite(x).astype('float32'), [values])
    expectSame((x: Tensor) => x.max(), [values])
  })

  it('powers of negative numbers, and to zero', () => {
    const exponents = np.array([3, 2, 0, -1, 0.5])
    expectSame((x: Tensor) => np.power(np.array([-2, -3, 0, -4, -1]), x), [exponents])
    expectSame((x: Tensor) => x.pow(3), [np.array([-2, -0.5, 0, 3])])
  })

  it('arrays of every length, of one row and of several', () => {
    for (const n of [1, 2, 3, 4, 5, 35, 36, 16383, 16384, 16385, 40000])
      expectSame((x: Tensor) => x.mul(2).add(1), [np.arange(n).astype('float32')])
  })

  it('an array of no elements needs no kernel', () => {
    expect(jit((x: Tensor) => x.add(1), { backend: headless })(np.zeros([0, 3])).shape).toEqual([0, 3])
    expect(jit((x: Tensor) => x.sum(), { backend: headless })(np.zeros([0])).item()).toBe(0)
  })

  it('reductions of so many elements that their parts are joined in groups', () => {
    const f = jit((x: Tensor) => x.sum(), { backend: headless })
    expect(Math.abs(f(np.full([2 ** 22], 0.1)).item() / (2 ** 22 * Math.fround(0.1)) - 1)).toBeLessThan(1e-6)
    const x = new Float32Array(2 * 3 ** 5 * 2 ** 9)
    x.set([2, 1, 2], 200_001)
    expectSame((x: Tensor) => np.argmax(x), [np.array(x)])
    expectSame((x: Tensor) => np.argmax(x, { axis: 1 }), [np.array(x, { shape: [2, x.length / 2] })])
    expectSame((x: Tensor) => nn.softmax(x.mul(30)), [np.array(x)])
  })

  it('one function at two shapes is two kernels', () => {
    const f = jit((x: Tensor) => x.transpose().mul(2), { backend: headless })
    expect(f(np.array([[1, 2, 3]])).toArray()).toEqual([[2], [4], [6]])
    expect(f(np.array([[1], [2]])).toArray()).toEqual([[2, 4]])
  })

  it('more arrays than a kernel takes', () => {
    const many = Array.from({ length: 40 }, (_, i) => np.full([5], i))
    const sum = (...xs: readonly Tensor[]) => xs.reduce((a, b) => a.add(b))
    expectSame(sum, many)
    // the second call too
    expectSame(sum, many)
    expectSame((...xs: readonly Tensor[]) => np.concatenate([...xs]), many)
  })

  it('integers beyond 2²⁴ are exact, and say that they are on the host', () => {
    const f = jit((x: Tensor) => x.add(1), { backend: headless })
    const x = np.array([2 ** 24 + 1, 2 ** 30 + 3], { dtype: 'int32' })
    expect(f(x).toArray()).toEqual([2 ** 24 + 2, 2 ** 30 + 4])
    expect(explain(f.lower(x))).toContain('on the host: an integer that may exceed 2²⁴')
    expect(flat(jit(() => random.normal(random.key(3), [9]), { backend: headless })())).toEqual(
      flat(random.normal(random.key(3), [9])),
    )
  })

  it('an integer within a kernel of floats leaves the rest on the device', () => {
    const f = (x: Tensor, n: Tensor) => x.mul(n.add(1).astype('float32')).exp()
    const args = [np.array([0.1, 0.2, 0.3]), np.array(2 ** 24 + 1, { dtype: 'int32' }).sub(2 ** 24)] as const
    expectSame(f, [...args])
    const text = explain(jit(f, { backend: headless }).lower(...args))
    expect(text).toContain('on the device, and in part on the host')
  })

  it('contractions of any sizes, with what follows them', () => {
    for (const [m, k, n] of [
      [1, 1, 1],
      [7, 5, 3],
      [8, 16, 12],
      [33, 10, 6],
    ]) {
      const [a, b] = [random.normal(random.key(m), [m, k]), random.normal(random.key(n), [n, k])]
      const f = (a: Tensor, b: Tensor) => np.maximum(np.matmul(a, b.transpose()).add(10), 0)
      expectSame(f, [a, b], 1e-5)
    }
  })

  it('what is past the end of an operand does not reach the sums, though it be infinite', () => {
    const b = np.array([
      [1, 2],
      [3, 4],
      [inf, 5],
    ])
    expectSame((a: Tensor, b: Tensor) => np.matmul(a, b), [np.array([[1, 2, 3]]), b])
  })

  it('loops carry arrays, and end where a value says', () => {
    const xs = random.normal(random.key(1), [6, 5])
    const run = (xs: Tensor) =>
      scan((c: Tensor, x: Tensor) => [np.tanh(c.add(x)), c.mul(x)] as const, np.zeros([5]), xs)[1]
    expectSame(run, [xs], 1e-5)
    const doubled = (x: Tensor) =>
      whileLoop(
        (v: Tensor) => v.sum().less(100),
        (v: Tensor) => v.mul(2),
        x,
      )
    expectSame(doubled, [np.array([1, 2, 3])])
  })

  it('scans read slices where they are stacked, and read nothing back', () => {
    const read = vi.spyOn(Runtime.prototype, 'read')
    for (const [length, width] of [
      [1, 4],
      [9, 5],
      [70, 8],
    ]) {
      const xs = random.normal(random.key(length), [length, width])
      const w = random.normal(random.key(2), [width, width]).mul(0.3)
      const cumulative = (reverse: boolean) => (xs: Tensor, w: Tensor) =>
        scan(
          (c: Tensor, x: Tensor) => {
            const next = np.tanh(np.matmul(w, c).add(x))
            return [next, [next.mul(2), x.sum()]] as const
          },
          np.zeros([width]),
          xs,
          { reverse },
        )
      for (const reverse of [false, true]) {
        const f = jit((xs: Tensor, w: Tensor) => cumulative(reverse)(xs, w)[1][0], { backend: headless })
        const y = f(xs, w)
        expect(read).not.toHaveBeenCalled()
        expect(y.shape).toEqual([length, width])
        read.mockClear()
        expectSame((xs, w) => cumulative(reverse)(xs, w)[1][0], [xs, w], 2e-5, 1)
        expectSame((xs, w) => cumulative(reverse)(xs, w)[1][1], [xs, w], 2e-5, 1)
        expectSame(
          (xs, w) => grad((w: Tensor) => cumulative(reverse)(xs, w)[1][0].sum())(w),
          [xs, w],
          1e-4,
          1,
        )
        read.mockClear()
      }
    }
    read.mockRestore()
  })

  it('scans of integers, and with routines of the host within', () => {
    const big = np.array([2 ** 24 + 1, 2 ** 26 + 3, 5], { dtype: 'int32' })
    const sums = (xs: Tensor) =>
      scan((c: Tensor, x: Tensor) => [c.add(x), c.mul(3)] as const, np.zerosLike(xs.at(0).get()), xs)[1]
    expectSame(sums, [big])
    const sorted = (xs: Tensor) =>
      scan((c: Tensor, x: Tensor) => [c.add(x), np.sort(x)] as const, np.zeros([3]), xs)[1]
    expectSame(sorted, [random.normal(random.key(5), [4, 3])])
  })

  it('few kernels, by what this device costs', () => {
    const count = <A extends readonly Tensor[]>(f: (...args: A) => unknown, ...args: A): number =>
      jit(f as (...args: A) => Tensor, { backend: headless }).lower(...args).program.steps.length
    const x = np.ones([256, 64])
    const chain = (x: Tensor) => np.tanh(x.mul(2).add(1).sub(3).mul(x)).div(2).add(x).exp().mul(0.5).neg()
    expect(count(chain, x)).toBe(1)
    expect(count((x: Tensor) => nn.softmax(x), x)).toBeLessThanOrEqual(2)
    const norm = (x: Tensor) => {
      const centred = x.sub(x.mean({ axis: 1, keepdims: true }))
      return centred.mul(np.rsqrt(np.square(centred).mean({ axis: 1, keepdims: true }).add(1e-5)))
    }
    expect(count(norm, x)).toBeLessThanOrEqual(2)
    const q = np.ones([2, 4, 16, 8])
    const attention = (q: Tensor, k: Tensor, v: Tensor) =>
      np.einsum('bhqk,bhkd->bhqd', nn.softmax(np.einsum('bhqd,bhkd->bhqk', q, k).mul(0.35)), v)
    expect(count(attention, q, q, q)).toBeLessThanOrEqual(5)
    const model = nn.sequential(nn.linear(784, 128), nn.relu, nn.linear(128, 10))
    const { params } = model.init(random.key(0))
    const adam = optim.adam(1e-3)
    const step = jit(
      (p: typeof params, state: ReturnType<typeof adam.init>, x: Tensor, y: Tensor) => {
        const loss = (q: typeof params) => nn.softmaxCrossEntropy(model.call(q, x), y).mean()
        const [value, grads] = valueAndGrad(loss)(p)
        const [updates, next] = adam.update(grads, state, p)
        return [optim.applyUpdates(p, updates), next, value]
      },
      { backend: headless },
    )
    const lowered = step.lower(
      params,
      adam.init(params),
      np.ones([64, 784]),
      np.zeros([64], { dtype: 'int32' }),
    )
    expect(lowered.program.steps.length).toBeLessThanOrEqual(12)
    expect(explain(lowered)).not.toMatch(/^ *runs +on the host/m)
  })

  it('float64 is refused by name', () => {
    expect(() =>
      jit((x: Tensor) => x.add(1), { backend: headless })(np.zeros([2], { dtype: 'float64' })),
    ).toThrow(/float64|f64/)
  })
})
