import { describe, expect, it } from 'vitest'
import { summary } from '../../src/debug.js'
import {
  GradError,
  grad,
  jit,
  nn,
  np,
  optim,
  random,
  ShapeError,
  type Tensor,
  tree,
  valueAndGrad,
  vmap,
} from '../../src/index.js'

const values = (t: Tensor): readonly number[] => Array.from(t.dataSync())
const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length
const variance = (xs: readonly number[]) => {
  const m = mean(xs)
  return mean(xs.map((x) => (x - m) ** 2))
}

describe('linear', () => {
  it('is x·Wᵀ + b along the last axis', () => {
    const layer = nn.linear(3, 2)
    const params = {
      weight: np.array([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      bias: np.array([10, 20]),
    }
    expect(layer.call(params, np.array([1, 0, -1])).toArray()).toEqual([8, 18])
    expect(layer.call(params, np.ones([2, 4, 3])).shape).toEqual([2, 4, 2])
  })

  it('starts uniform on ±1/√inputs, weight and bias alike', () => {
    const { params } = nn.linear(64, 500).init(random.key(0))
    expect([params.weight.shape, params.bias.shape]).toEqual([[500, 64], [500]])
    for (const p of [params.weight, params.bias]) {
      expect(values(p).every((x) => Math.abs(x) <= 1 / 8)).toBe(true)
      expect(Math.abs(variance(values(p)) * 3 * 64 - 1)).toBeLessThan(0.2)
    }
  })

  it('says what it wants', () => {
    const layer = nn.linear(784, 128)
    const { params } = layer.init(random.key(0))
    expect(() => layer.call(params, np.zeros([2, 10]))).toThrow(ShapeError)
    expect(() => layer.call(params, np.zeros([2, 10]))).toThrow(/^linear\(784, 128\): .*784.*f32\[2,10\]/)
    expect(() => nn.linear(0, 3)).toThrow(/linear\(0, 3\)/)
  })
})

describe('initialisers', () => {
  const shape = [60, 20, 3, 2] // fanIn 120, fanOut 360
  it.each([
    ['torchUniform', nn.torchUniform, 1 / 3 / 120],
    ['glorotUniform', nn.glorotUniform, 2 / 480],
    ['glorotNormal', nn.glorotNormal, 2 / 480],
    ['heUniform', nn.heUniform, 2 / 120],
    ['heNormal', nn.heNormal, 2 / 120],
    ['lecunUniform', nn.lecunUniform, 1 / 120],
    ['lecunNormal', nn.lecunNormal, 1 / 120],
  ] as const)('%s has mean 0 and its variance', (_, initializer, expected) => {
    const x = values(initializer(random.key(1), shape))
    expect(x.length).toBe(7200)
    expect(Math.abs(mean(x))).toBeLessThan(5 * Math.sqrt(expected / x.length))
    expect(Math.abs(variance(x) / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / x.length))
  })

  it('need two axes', () => {
    expect(() => nn.heNormal(random.key(1), [3])).toThrow(ShapeError)
  })
})

describe('sequential', () => {
  const model = nn.sequential(nn.linear(4, 8), nn.relu, nn.linear(8, 3))

  it('names parameters as PyTorch does, and gives part i the i-th key', () => {
    const { params } = model.init(random.key(5))
    expect(tree.paths(params)).toEqual(['0.bias', '0.weight', '2.bias', '2.weight'])
    const second = nn.linear(8, 3).init(random.split(random.key(5), 3)[2]).params
    expect(params[2].weight.toArray()).toEqual(second.weight.toArray())
  })

  it('composes its parts, eagerly, jitted and mapped', () => {
    const { params, state } = model.init(random.key(5))
    const x = random.normal(random.key(6), [5, 4])
    const want = nn.linear(8, 3).call(params[2], nn.relu(nn.linear(4, 8).call(params[0], x)))
    expect(model.call(params, x).toArray()).toEqual(want.toArray())
    expect(model.apply(params, state, x, { train: true })[0].toArray()).toEqual(want.toArray())
    expect(jit(model.call)(params, x).toArray()).toEqual(want.toArray())
    const mapped = values(vmap(model.call, [null, 0])(params, x))
    mapped.forEach((y, i) => {
      expect(Math.abs(y - values(want)[i])).toBeLessThan(1e-6)
    })
  })

  it('has gradients of the shape of its parameters, equal to the closed form', () => {
    const lone = nn.sequential(nn.linear(2, 1))
    const { params } = lone.init(random.key(0))
    const x = np.array([
      [1, 2],
      [3, 4],
    ])
    const grads = grad((p: typeof params) => lone.call(p, x).sum())(params)
    expect(grads[0].weight.toArray()).toEqual([[4, 6]])
    expect(grads[0].bias.toArray()).toEqual([2])
    const all = grad((p: ReturnType<typeof model.init>['params']) => model.call(p, np.ones([2, 4])).mean())
    expect(tree.paths(all(model.init(random.key(1)).params))).toEqual(
      tree.paths(model.init(random.key(1)).params),
    )
  })

  it('fits nested sequentials', () => {
    const nested = nn.sequential(nn.sequential(nn.linear(4, 8), np.tanh), nn.linear(8, 3))
    const { params } = nested.init(random.key(0))
    expect(tree.paths(params)).toEqual(['0.0.bias', '0.0.weight', '1.bias', '1.weight'])
    expect(nested.call(params, np.ones([2, 4])).shape).toEqual([2, 3])
  })

  it('names the layer that does not fit', () => {
    const wrong = nn.sequential(nn.linear(4, 8), nn.relu, nn.linear(9, 3))
    const { params } = wrong.init(random.key(0))
    expect(() => wrong.call(params, np.ones([2, 4]))).toThrow(/linear\(9, 3\): .*f32\[2,8\]/)
    expect(() => summary(wrong, [1, 4])).toThrow('linear(9, 3)')
  })
})

describe('dropout', () => {
  const layer = nn.dropout(0.25)
  const drop = (key: Tensor, x: Tensor) => layer.apply(null, null, x, { train: true, key })[0]

  it('keeps the mean, dropping at its rate, in training only', () => {
    const x = np.ones([20_000])
    const y = values(drop(random.key(0), x))
    const dropped = y.filter((v) => v === 0).length / y.length
    expect(Math.abs(dropped - 0.25)).toBeLessThan(5 * Math.sqrt(0.1875 / y.length))
    expect(new Set(y)).toEqual(new Set([0, Math.fround(4 / 3)]))
    expect(layer.apply(null, null, x, { train: false })[0]).toBe(x)
    expect(nn.dropout(0).apply(null, null, x, { train: true })[0]).toBe(x)
  })

  it('has the mask as its gradient, and other masks for other keys', () => {
    const x = random.normal(random.key(1), [50])
    const g = grad((v: Tensor) => drop(random.key(2), v).sum())(x)
    expect(values(g)).toEqual(values(drop(random.key(2), np.ones([50]))))
    expect(drop(random.key(3), np.ones([50])).toArray()).not.toEqual(g.toArray())
  })

  it('asks for a key, and for a rate below 1', () => {
    expect(() => layer.apply(null, null, np.ones([2]), { train: true })).toThrow(GradError)
    expect(() => layer.apply(null, null, np.ones([2]), { train: true })).toThrow(/dropout\(0.25\): .*key/)
    expect(() => nn.dropout(1)).toThrow(GradError)
  })

  it('gets a key of its own in a sequence', () => {
    const twice = nn.sequential(nn.dropout(0.5), nn.dropout(0.5))
    const { params, state } = twice.init(random.key(0))
    const x = np.ones([4000])
    const step = jit((key: Tensor) => twice.apply(params, state, x, { train: true, key })[0])
    const kept = values(step(random.key(1))).filter((v) => v !== 0).length / x.size
    expect(Math.abs(kept - 0.25)).toBeLessThan(5 * Math.sqrt(0.1875 / x.size))
    const [k0, k1] = random.split(random.key(1))
    const half = nn.dropout(0.5)
    const first = half.apply(null, null, x, { train: true, key: k0 })[0]
    const both = half.apply(null, null, first, { train: true, key: k1 })[0]
    expect(step(random.key(1)).toArray()).toEqual(both.toArray())
  })
})

describe('state', () => {
  it('is handed on through a sequence', () => {
    type Count = { readonly calls: Tensor }
    const counting: nn.Layer<null, Count> = {
      name: 'counting',
      init: () => ({ params: null, state: { calls: np.array(0) } }),
      apply: (_params, { calls }, x) => [x.mul(calls), { calls: calls.add(1) }],
    }
    const model = nn.sequential(counting, nn.relu, counting)
    const { params, state } = model.init(random.key(0))
    const [, once] = model.apply(params, state, np.array([3]), { train: true })
    const [y, twice] = model.apply(params, once, np.array([3]), { train: true })
    expect(y.toArray()).toEqual([3])
    expect(tree.map((s) => s.item(), twice)).toEqual([{ calls: 2 }, null, { calls: 2 }])
    expect(Reflect.get(model, 'call')).toThrow(/^sequential: apply is required/)
  })
})

describe('summary', () => {
  it('lists layers, output shapes and parameters, and their total', () => {
    const text = summary(
      nn.sequential(nn.linear(784, 128), nn.relu, nn.dropout(0.1), nn.linear(128, 10)),
      [32, 784],
    )
    const rows = text.split('\n').map((line) => line.trim().split(/ {2,}/))
    const row = (name: string) => rows.find(([first]) => first === name)?.slice(1)
    expect(row('linear(784, 128)')).toEqual(['[32,128]', '100,480'])
    expect(row('relu')).toEqual(['[32,128]', '0'])
    expect(row('dropout(0.1)')).toEqual(['[32,128]', '0'])
    expect(row('linear(128, 10)')).toEqual(['[32,10]', '1,290'])
    expect(row('total')).toEqual(['101,770'])
    expect(new Set(text.split('\n').map((line) => line.length)).size).toBe(1)
  })
})

describe('mlp', () => {
  it('learns xor', () => {
    const model = nn.mlp([2, 8, 1], np.tanh)
    const x = np.array([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ])
    const y = np.array([[0], [1], [1], [0]])
    const start = model.init(random.key(3)).params
    const loss = (p: typeof start) => model.call(p, x).sub(y).square().mean()
    const opt = optim.adam(0.05)
    const step = jit((p: typeof start, state: optim.States) => {
      const [value, grads] = valueAndGrad(loss)(p)
      const [updates, next] = opt.update(grads, state, p)
      return [optim.applyUpdates(p, updates), next, value] as const
    })
    let [params, state, last] = step(start, opt.init(start))
    for (let i = 0; i < 300; i++) [params, state, last] = step(params, state)
    expect(last.item()).toBeLessThan(0.01)
    expect(step.traceCount()).toBe(1)
    expect(() => nn.mlp([3])).toThrow(GradError)
  })
})
