import { describe, expect, it } from 'vitest'
import { schedule } from '../../../src/compiler/schedule/schedule.js'
import {
  disableJit,
  grad,
  jit,
  makeGraph,
  nn,
  np,
  optim,
  random,
  remat,
  type Tensor,
  valueAndGrad,
} from '../../../src/index.js'
import { cpuCosts } from '../../../src/ir/costs.js'
import { constant } from '../../../src/ir/expr.js'
import type { Kernel, Reduction } from '../../../src/ir/program.js'
import { renumbered } from '../../../src/ir/rebuild.js'
import { sumExp, variance } from '../../../src/ir/statistics.js'

const kernels = <A extends readonly Tensor[]>(f: (...args: A) => unknown, ...args: A): number =>
  jit(f as (...args: readonly Tensor[]) => Tensor).lower(...args).program.steps.length

const x = random.normal(random.key(0), [32, 20])
const row = np.ones([20])

/** As `jit` computes it, and operation by operation. */
const expectSame = (f: (x: Tensor) => Tensor, arg: Tensor): void => {
  const one = jit(f)(arg).toArray()
  const other = disableJit(() => f(arg)).toArray()
  const flat = (v: unknown): readonly number[] => [v].flat(9) as number[]
  flat(one).forEach((v, i) => {
    const w = flat(other)[i]
    if (!Object.is(v, w)) expect(Math.abs(v - w)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(w)))
  })
}

describe('kernels', () => {
  it('ten elementwise operations are one', () => {
    const chain = (x: Tensor) => np.tanh(x.mul(2).add(1).sub(3).mul(x)).div(2).add(x).exp().mul(0.5).neg()
    expect(kernels(chain, x)).toBe(1)
    expectSame(chain, x)
  })

  it('softmax, its logarithm, and logsumexp are two', () => {
    expect(kernels((x: Tensor) => nn.softmax(x), x)).toBe(2)
    expect(kernels((x: Tensor) => nn.softmax(x, { axis: 0 }), x)).toBe(2)
    expect(kernels((x: Tensor) => nn.logSoftmax(x), x)).toBe(2)
    expect(kernels((x: Tensor) => np.logsumexp(x), x)).toBe(1)
    expect(kernels((x: Tensor) => nn.softmax(x), np.zeros([4096, 1024]))).toBe(2)
  })

  it('layer normalisation is two', () => {
    const norm = (x: Tensor, gain: Tensor, shift: Tensor) => {
      const centred = x.sub(x.mean({ axis: -1, keepdims: true }))
      const variance = np.square(centred).mean({ axis: -1, keepdims: true })
      return centred
        .mul(np.rsqrt(variance.add(1e-5)))
        .mul(gain)
        .add(shift)
    }
    expect(kernels(norm, x, row, row)).toBe(2)
    expectSame((x) => norm(x, row, row), x)
    const byVar = (x: Tensor) =>
      x.sub(x.mean({ axis: 1, keepdims: true })).div(np.sqrt(np.var(x, { axis: 1, keepdims: true })))
    expect(kernels(byVar, x)).toBe(2)
  })

  it('attention is four', () => {
    const q = random.normal(random.key(1), [2, 4, 16, 8])
    const attention = (q: Tensor, k: Tensor, v: Tensor) => {
      const scores = np.einsum('bhqd,bhkd->bhqk', q, k).mul(1 / Math.sqrt(8))
      return np.einsum('bhqk,bhkd->bhqd', nn.softmax(scores), v)
    }
    expect(kernels(attention, q, q, q)).toBe(4)
  })

  it('a training step of a network of two layers with Adam is twelve', () => {
    const model = nn.sequential(nn.linear(784, 128), nn.relu, nn.linear(128, 10))
    const { params } = model.init(random.key(0))
    const adam = optim.adam(1e-3)
    const images = random.normal(random.key(3), [64, 784])
    const labels = np.zeros([64], { dtype: 'int32' })
    const step = jit((p: typeof params, state: ReturnType<typeof adam.init>, x: Tensor, y: Tensor) => {
      const loss = (q: typeof params) => nn.softmaxCrossEntropy(model.call(q, x), y).mean()
      const [value, grads] = valueAndGrad(loss)(p)
      const [updates, next] = adam.update(grads, state, p)
      return [optim.applyUpdates(p, updates), next, value]
    })
    const { program } = step.lower(params, adam.init(params), images, labels)
    expect(program.steps.length).toBeLessThanOrEqual(12)
    expect(program.steps.filter((s) => s.kind === 'contract').length).toBe(5)
  })

  it('what is read from memory anyway is not computed again of something else, which then is not kept', () => {
    const [x, w1, w2] = [np.ones([64, 96]), np.ones([96, 128]), np.ones([128, 32])]
    const loss = (w1: Tensor, w2: Tensor) => nn.relu(x.matmul(w1).add(1)).matmul(w2).sum()
    const { program } = jit(grad(loss, { argnums: [0, 1] })).lower(w1, w2)
    const written = program.steps.flatMap((s) => (s.kind === 'contract' ? s.outputs : []))
    const hidden = written.filter((o) => program.buffers[o.buffer].shape.join() === '64,128')
    // the hidden layer and its gradient, but not what the hidden layer is made of
    expect(hidden.length).toBe(2)
  })

  it('what several kernels read is computed once if it is dear, and by each if it is cheap', () => {
    const big = np.ones([512, 512])
    const two = (of: (x: Tensor) => Tensor) => (x: Tensor) => {
      const v = of(x)
      return [v.sum({ axis: 0 }), np.cumsum(v.mul(2), 0), np.cumprod(v.add(1), 1)]
    }
    const names = (f: (x: Tensor) => readonly Tensor[]) =>
      jit(f)
        .lower(big)
        .program.steps.filter((s) => s.kind === 'kernel' && s.name.includes('sub')).length
    expect(names(two((x) => x.sub(1)))).toBeGreaterThan(1)
    expect(names(two((x) => np.sin(np.exp(np.tanh(x.sub(1))))))).toBe(1)
  })

  it('what is computed again on purpose stays where it is needed', () => {
    const big = np.ones([256, 64])
    const block = (v: Tensor) => np.exp(np.sin(np.cumsum(v)))
    const peak = (f: (v: Tensor) => Tensor) =>
      jit(grad((v: Tensor) => f(f(f(v))).sum()))
        .lower(big)
        .peakBytes()
    expect(peak(remat(block))).toBeLessThan(peak(block))
  })

  it('a transposed result joins the contraction that makes it', () => {
    const [a, b] = [np.ones([6, 5]), np.ones([5, 4])]
    const f = (a: Tensor, b: Tensor) => np.matmul(a, b).transpose().add(1)
    expect(kernels(f, a, b)).toBe(1)
    const y = random.normal(random.key(5), [6, 5])
    expectSame((y) => f(y, random.normal(random.key(6), [5, 4])), y)
    const swapped = (y: Tensor) => y.sum({ axis: 1 }).transpose([1, 0]).mul(2)
    expectSame(swapped, random.normal(random.key(7), [3, 4, 5]))
  })

  it('what follows the gradient of pooling joins it, though that runs over parts of its axes', () => {
    const pooled = (x: Tensor) => nn.functional.maxPool(nn.relu(x), { window: 2, stride: 2 })
    const f = grad((x: Tensor) => np.square(pooled(x)).sum())
    const images = random.normal(random.key(8), [2, 3, 6, 8])
    const { steps } = jit(f).lower(images).program
    const names = steps.map((s) => (s as Kernel).name)
    expect(names.filter((n) => n.includes('windowScatterAdd'))).toEqual([expect.stringContaining('select')])
    expectSame(f, images)
    // columns beyond the last window
    expectSame(f, random.normal(random.key(9), [2, 3, 7, 9]))
  })

  it('read no more arrays than a backend takes', () => {
    const many = Array.from({ length: 20 }, (_, i) => np.full([8], i))
    const { graph } = makeGraph((...xs: readonly Tensor[]) => xs.reduce((a, b) => a.add(b)))(...many)
    const loads = (inputs: number) =>
      schedule(graph, { ...cpuCosts, inputs }).steps.map(
        (s) => new Set((s as Kernel).outputs.map((o) => JSON.stringify(o.value).split('"load"').length - 1)),
      )
    expect(loads(24).length).toBe(1)
    expect(Math.max(...loads(7).flatMap((s) => [...s]))).toBeLessThanOrEqual(8)
  })
})

describe('reductions over tuples', () => {
  const reductionsOf = (f: (x: Tensor) => unknown): readonly Reduction[] =>
    jit(f as (x: Tensor) => Tensor)
      .lower(x)
      .program.steps.flatMap((s) => (s.kind === 'kernel' ? (s.reduction ?? []) : []))

  it('say what statistic they make', () => {
    const named = (f: (x: Tensor) => unknown) => reductionsOf(f).map((r) => r.statistics)
    expect(named((x) => nn.softmax(x))).toEqual([[{ kind: 'sumExp', max: 0, sum: 1 }]])
    expect(named((x) => np.var(x, { axis: 0 }))).toEqual([
      [{ kind: 'variance', sum: 0, count: 1, spread: 2 }],
    ])
    expect(named((x) => x.sum({ axis: 1 }))).toEqual([undefined])
  })

  it('say it of their own slots where one pass makes several', () => {
    const f = (x: Tensor) => [np.logsumexp(x, { axis: 1 }), np.var(x, { axis: 1 }), x.min({ axis: 1 })]
    const [{ init, combine, statistics }, ...others] = reductionsOf(f)
    expect(others).toEqual([])
    expect(init.length).toBe(6)
    const parts = new Map((statistics ?? []).map((s) => [s.kind, s]))
    expect([...parts.keys()].sort()).toEqual(['sumExp', 'variance'])
    for (const [kind, made] of [
      ['sumExp', sumExp],
      ['variance', variance],
    ] as const) {
      const { kind: _, ...slots } = parts.get(kind) ?? { kind }
      const alone = made([], constant(0, 'float32'))
      const [first] = Object.values(slots)
      expect(Object.values(slots)).toEqual(alone.combine.map((_, slot) => first + slot))
      alone.combine.forEach((own, slot) => {
        expect(renumbered((s) => s - first)(combine[first + slot])).toEqual(own)
      })
    }
  })

  const special = (values: readonly (readonly number[])[]) => np.array(values)
  const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN]

  it('of exponentials agree with two passes, whatever is infinite', () => {
    const rows = special([
      [1, 2, 3],
      [inf, 1, 2],
      [-inf, 1, 2],
      [-inf, -inf, -inf],
      [nan, 1, -inf],
      [inf, inf, -inf],
      [-1e4, -1e4, -9e3],
      [88, 90, 1e4],
    ])
    for (const f of [nn.softmax, nn.logSoftmax, (x: Tensor) => np.logsumexp(x, { axis: 1 })])
      expectSame((x) => f(x), rows)
  })

  it('of squares are exact where the naive formula has no digit left', () => {
    const far = np.array([[1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3]])
    expect(jit((x: Tensor) => np.var(x, { axis: 1 }))(far).toArray()).toEqual([1.25])
    expectSame(
      (x) => np.var(x, { axis: 1 }),
      special([
        [1, inf, 2, nan],
        [1, inf, 2, 3],
        [0, 0, 0, 0],
      ]),
    )
  })
})
