import { describe, expect, expectTypeOf, it } from 'vitest'
import { summary } from '../../src/debug.js'
import { GradError, grad, jit, nn, np, random, ShapeError, type Tensor, tree } from '../../src/index.js'

const key = random.key(3)

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
    expect('call' in model).toBe(false)
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

describe('residual', () => {
  const body = nn.sequential({ a: nn.linear(3, 5), act: np.tanh, b: nn.linear(5, 3) })

  it('adds its input, and passes derivatives by both ways', () => {
    const block = nn.residual(body)
    const { params } = block.init(key)
    expect(Object.keys(params)).toEqual(['body'])
    const x = random.normal(key, [4, 3])
    expect(block.call(params, x).toArray()).toEqual(body.call(params.body, x).add(x).toArray())
    const [whole, part] = [
      grad((v: Tensor) => block.call(params, v).sum())(x),
      grad((v: Tensor) => body.call(params.body, v).sum())(x),
    ]
    expect(np.allclose(whole, part.add(1))).toBe(true)
  })

  it('takes a shortcut with parameters and state of its own', () => {
    const block = nn.residual(nn.dropout(0.5), nn.sequential({ fc: nn.linear(3, 3), bn: nn.batchNorm(3) }))
    const { params, state } = block.init(key)
    expect(Object.keys(params)).toEqual(['shortcut'])
    const x = random.normal(key, [4, 3])
    const mode = { train: true, key: random.key(1) }
    const [y, next] = block.apply(params, state, x, mode)
    const [dropped] = nn
      .dropout(0.5)
      .apply(null, null, x, { train: true, key: random.foldIn(random.key(1), 0) })
    expect(y.shape).toEqual([4, 3])
    expect(next.shortcut.bn.count.item()).toBe(1)
    const normalised = nn
      .batchNorm(3)
      .apply(params.shortcut.bn, state.shortcut.bn, nn.linear(3, 3).call(params.shortcut.fc, x), {
        train: true,
      })[0]
    expect(y.toArray()).toEqual(dropped.add(normalised).toArray())
    expect('call' in block).toBe(false)
  })

  it('wants branches of one shape, and says which branch fails', () => {
    const narrow = nn.residual(nn.linear(3, 1))
    expect(() => narrow.call(narrow.init(key).params, np.ones([2, 3]))).toThrow(
      /^residual: .*\[2,1\] and \[2,3\]/,
    )
    const wrong = nn.residual(nn.linear(3, 3), nn.linear(4, 3))
    expect(() => wrong.call(wrong.init(key).params, np.ones([2, 3]))).toThrow(/^shortcut: linear\(4, 3\): /)
  })
})

describe('misuse', () => {
  const x = np.ones([1, 4])
  /** Calls of a program without types. */
  const untyped = (f: (...args: never[]) => unknown, ...args: readonly unknown[]) =>
    Reflect.apply(f, undefined, args)

  it('by a stage that is not there names its place', () => {
    expect(() => untyped(nn.sequential, nn.linear(4, 2), undefined)).toThrow(
      'function 1: a layer or a function is required, got undefined.',
    )
    expect(() => untyped(nn.sequential, undefined)).toThrow('got undefined')
    expect(() => untyped(nn.linear(4, 2).call, undefined, x)).toThrow('linear(4, 2): parameters are required')
    expect(() => untyped(nn.sequential, { first: nn.linear(4, 2), relu: undefined })).toThrow('relu: a layer')
    expect(() => untyped(nn.residual, {})).toThrow('body: a layer or a function is required, got an object.')
  })

  it('by all variables instead of the parameters says which part is meant', () => {
    const layers = [
      nn.linear(4, 4),
      nn.groupNorm(2, 4),
      nn.mlp([4, 4]),
      nn.sequential(nn.linear(4, 4)),
      nn.sequential({ first: nn.linear(4, 4) }),
      nn.residual(nn.linear(4, 4)),
    ]
    for (const layer of layers) {
      const variables = layer.init(random.key(0))
      expect(() => untyped(layer.call, variables, x)).toThrow(GradError)
      expect(() => untyped(layer.call, variables, x)).toThrow(
        /: parameters are required, got params and state\. Pass `\.params` of them\.$/,
      )
    }
  })

  it('is no input of another float, which linear layers promote as np.matmul does', () => {
    const layer = nn.linear(4, 2)
    const { params } = layer.init(random.key(0))
    const wide = tree.map((t: Tensor) => t.astype('float64'), params)
    const y = layer.call(wide, x)
    expect(y.dtype).toBe('float64')
    expect(np.allclose(y, layer.call(params, x), { atol: 1e-6 })).toBe(true)
    expect(layer.call(params, np.ones([1, 4], { dtype: 'int32' })).toArray()).toEqual(
      layer.call(params, x).toArray(),
    )
  })
})
