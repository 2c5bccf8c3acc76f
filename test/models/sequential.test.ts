import { describe, expect, expectTypeOf, it } from 'vitest'
import { summary } from '../../src/debug.js'
import { GradError, grad, jit, nn, np, random, ShapeError, type Tensor, tree, vmap } from '../../src/index.js'
import { values } from './moments.js'

const key = random.key(3)

/** Calls of a program without types. */
const untyped = (f: (...args: never[]) => unknown, ...args: readonly unknown[]) =>
  Reflect.apply(f, undefined, args)

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

describe('sequential by name', () => {
  const model = nn.sequential({
    fc1: nn.linear(4, 8),
    act: nn.relu,
    drop: nn.dropout(0.5),
    fc2: nn.linear(8, 2),
  })

  it('has the names of a PyTorch module, those of stages without parameters left out', () => {
    const { params, state } = model.init(key)
    expect(tree.paths(params)).toEqual(['fc1.bias', 'fc1.weight', 'fc2.bias', 'fc2.weight'])
    expect(Object.keys(params)).toEqual(['fc1', 'fc2'])
    expect(state).toBe(null)
    expectTypeOf(params).toEqualTypeOf<{ readonly fc1: nn.WeightAndBias; readonly fc2: nn.WeightAndBias }>()
    expectTypeOf(state).toEqualTypeOf<null>()
  })

  it('gives stages the keys and the results that they have by position', () => {
    const byPosition = nn.sequential(nn.linear(4, 8), nn.relu, nn.dropout(0.5), nn.linear(8, 2))
    const [a, b] = [model.init(key), byPosition.init(key)]
    expect(a.params.fc2.weight.toArray()).toEqual(b.params[3].weight.toArray())
    const x = random.normal(key, [5, 4])
    const mode = { train: true, key: random.key(9) }
    const [y] = model.apply(a.params, a.state, x, mode)
    expect(y.toArray()).toEqual(byPosition.apply(b.params, b.state, x, mode)[0].toArray())
    expect(y.toArray()).not.toEqual(model.apply(a.params, a.state, x, { train: false })[0].toArray())
  })

  it('has `call` where no stage has state or draws numbers', () => {
    const plain = nn.sequential({ fc: nn.linear(4, 2), act: nn.relu })
    const { params } = plain.init(key)
    const x = random.normal(key, [5, 4])
    expect(jit(plain.call)(params, x).toArray()).toEqual(
      nn.relu(nn.linear(4, 2).call(params.fc, x)).toArray(),
    )
    expect(() => untyped(Reflect.get(model, 'call'), null, x)).toThrow(/^sequential: apply is required/)
    expectTypeOf(model).not.toHaveProperty('call')
  })

  it('hands state on by name', () => {
    const stateful = nn.sequential({ fc: nn.linear(4, 3), bn: nn.batchNorm(3), act: nn.relu })
    const { params, state } = stateful.init(key)
    expect(tree.paths(state)).toEqual(['bn.count', 'bn.mean', 'bn.var'])
    const x = random.normal(key, [5, 4])
    const [, next] = stateful.apply(params, state, x, { train: true })
    const lone = nn
      .batchNorm(3)
      .apply(params.bn, state.bn, nn.linear(4, 3).call(params.fc, x), { train: true })
    expect(next.bn.mean.toArray()).toEqual(lone[1].mean.toArray())
    expect(tree.structure(next)).toEqual(tree.structure(state))
    expectTypeOf(next).toEqualTypeOf<{ readonly bn: nn.BatchNormState }>()
  })

  it('nests, a part without parameters leaving no trace', () => {
    const nested = nn.sequential({
      body: nn.sequential({ fc: nn.linear(4, 4), bn: nn.batchNorm(4) }),
      acts: nn.sequential({ a: nn.relu, b: nn.sigmoid }),
      head: nn.sequential(nn.linear(4, 2), nn.relu),
    })
    const { params, state } = nested.init(key)
    expect(Object.keys(params)).toEqual(['body', 'head'])
    expect(tree.paths(params).at(-1)).toBe('head.0.weight')
    expect(Object.keys(state)).toEqual(['body', 'head'])
    const [y] = nested.apply(params, state, np.ones([2, 4]), { train: true })
    expect(y.shape).toEqual([2, 2])
    expect(nn.sequential({}).call(null, y)).toBe(y)
  })

  it('says where in the model something did not fit', () => {
    const wrong = nn.sequential({ block: nn.sequential({ a: nn.linear(4, 8), b: nn.linear(4, 8) }) })
    const { params } = wrong.init(key)
    expect(() => wrong.call(params, np.ones([2, 4]))).toThrow(/^block: b: linear\(4, 8\): .*f32\[2,8\]/)
    expect(() => wrong.call(params, np.ones([2, 4]))).toThrow(ShapeError)
    expect(() => summary(wrong, [2, 4])).toThrow(/^block: b: linear\(4, 8\): /)
  })

  it('refuses names that would move, or that paths could not tell apart', () => {
    for (const name of ['0', '12', '', 'a.b'])
      expect(() => nn.sequential({ [name]: nn.relu })).toThrow(GradError)
    expect(() => nn.sequential({ conv1: nn.relu, _0: nn.relu })).not.toThrow()
  })
})
