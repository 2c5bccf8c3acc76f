import { describe, expect, expectTypeOf, it } from 'vitest'
import { summary } from '../../src/debug.js'
import {
  GradError,
  grad,
  IndexError,
  jit,
  nn,
  np,
  random,
  type Shape,
  ShapeError,
  type Tensor,
  tree,
} from '../../src/index.js'

const key = random.key(3)

/** Calls of a program without types. */
const untyped = (f: (...args: never[]) => unknown, ...args: readonly unknown[]) =>
  Reflect.apply(f, undefined, args)

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
    expect(() => untyped(Reflect.get(block, 'call'), null, x)).toThrow(/^residual: apply is required/)
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

  it('by a stage that is not there names its place', () => {
    expect(() => untyped(nn.sequential, nn.linear(4, 2), undefined)).toThrow(
      'sequential[1]: a layer or a function is required, got undefined.',
    )
    expect(() => untyped(nn.sequential, undefined)).toThrow('got undefined')
    expect(() => untyped(nn.linear(4, 2).call, undefined, x)).toThrow('linear(4, 2): parameters are required')
    expect(() => untyped(nn.sequential, { first: nn.linear(4, 2), relu: undefined })).toThrow(
      'sequential.relu: a layer',
    )
    expect(() => untyped(nn.residual, {})).toThrow(
      'residual.body: a layer or a function is required, got an object.',
    )
  })

  it('by parameters of another structure says which is required', () => {
    const required = 'got an object with keys a where an object with keys bias, weight stands, at the root'
    for (const layer of [nn.linear(4, 2), nn.groupNorm(2, 4), nn.conv2d(1, 1, 3)])
      expect(() => untyped(layer.call, { a: 1 }, x)).toThrow(`${layer.name}: params: trees of one`)
    expect(() => untyped(nn.linear(4, 2).call, { a: 1 }, x)).toThrow(required)
    expect(() => untyped(nn.linear(4, 2).call, { weight: x, bias: null }, x)).toThrow(
      'got null where a leaf stands, at bias',
    )
    expect(() => untyped(nn.embedding(3, 2).call, null, x)).toThrow(/embedding.*got null/)
    expect(() => untyped(nn.mlp([4, 4]).call, [], x)).toThrow('got an array of 0 where an array of 1 stands')
    expect(() => untyped(nn.sequential(nn.linear(4, 2), nn.relu).call, { a: 1 }, x)).toThrow(
      'sequential: params: trees of one structure are required, got an object with keys a where an array of 2',
    )
    expect(() => untyped(nn.sequential({ fc: nn.linear(4, 2) }).call, { a: 1 }, x)).toThrow(
      'got an object with keys a where an object with keys fc stands',
    )
    expect(() => untyped(nn.sequential(nn.relu).call, { a: 1 }, x)).toThrow('sequential: params')
    const norm = nn.batchNorm(4)
    const { params, state } = norm.init(random.key(0))
    const mode = { train: false }
    expect(() => untyped(norm.apply, { a: 1 }, state, x, mode)).toThrow('batchNorm(4): params: ')
    expect(() => untyped(norm.apply, null, state, x, mode)).toThrow('got null where an object with keys bias')
    expect(() => untyped(norm.apply, params, null, x, mode)).toThrow(
      'batchNorm(4): state: trees of one structure are required, got null where an object with keys count, mean, var',
    )
    expect(() => untyped(norm.apply, params, undefined, x, mode)).toThrow(
      'batchNorm(4): a state is required, got undefined. Pass `.state` of what init gave.',
    )
    expect(() => untyped(norm.apply, params, state, x)).toThrow('batchNorm(4): a mode is required')
  })

  it('by parameters of another structure is found without init, and draws nothing', () => {
    let draws = 0
    const weightInit = (seed: Tensor, shape: Shape) => {
      draws++
      return random.normal(seed, shape).add(random.normal(seed, []).item())
    }
    const layer = nn.linear(4, 2, { weightInit })
    expect(() => untyped(layer.call, { a: 1 }, x)).toThrow('linear(4, 2): params')
    expect(layer.call({ weight: np.ones([2, 4]), bias: np.zeros([2]) }, x).toArray()).toEqual([[4, 4]])
    expect(draws).toBe(1)
  })

  it('by a convention, widths or an activation that there are none of', () => {
    expect(() => untyped(nn.batchNorm, 2, { convention: 'tf' })).toThrow(
      "batchNorm(2, convention tf): convention 'torch' or 'flax' is required, got tf.",
    )
    expect(() => untyped(nn.mlp, 2, 3)).toThrow('mlp: a function is required between layers, got 3.')
    expect(() => untyped(nn.mlp, 2)).toThrow('mlp: at least two widths are required')
    expect(() => untyped(nn.mlp, [2, '3'])).toThrow("mlp: plain numbers are required as widths, got '3'.")
  })

  it('by `call` of a layer that has none says what to use', () => {
    const call: (...args: never[]) => unknown = Reflect.get(nn.batchNorm(4), 'call')
    expect(() => untyped(call, null, x)).toThrow(
      'batchNorm(4): apply is required of a layer that has state or draws while training, got call. Use apply(params, state, x, mode).',
    )
    expect(() => untyped(Reflect.get(nn.dropout(0.5), 'call'), null, x)).toThrow('dropout(0.5): apply')
  })

  it('inside of a layer names the layer and its place', () => {
    const ids = np.array([[0, 3]], { dtype: 'int32' })
    const table = nn.embedding(3, 2)
    const { params } = table.init(random.key(0))
    expect(() => table.call(params, ids)).toThrow(IndexError)
    expect(() => table.call(params, ids)).toThrow(/^embedding\(3, 2\): .*indices from/)
    const own = nn.sequential(nn.relu, (y: Tensor) => np.matmul(y, np.ones([3, 1])))
    expect(() => own.call([null, null], x)).toThrow(/^sequential\[1\]: function 1: matmul: /)
    expect(() => own.call([null, null], x)).toThrow(ShapeError)
    const nested = nn.sequential(nn.sequential(nn.linear(3, 2)), nn.relu)
    expect(() => nested.call(nested.init(random.key(0)).params, x)).toThrow(
      /^sequential\[0\]: sequential\[0\]: linear\(3, 2\): a last axis of 3 is required/,
    )
    expect(() => untyped(nn.linear(4, 2).call, nn.linear(4, 2).init(random.key(0)).params)).toThrow(
      /^linear\(4, 2\): .*tensor.* is required, got undefined/,
    )
    const lost = nn.sequential((y: Tensor) => [y] as never)
    expect(() => lost.call([null], x)).toThrow(/function 0: a tensor is required as result, got an array/)
  })

  it('is no typed array: layers take them as operations do', () => {
    const layer = nn.linear(2, 1)
    const weights = { weight: np.array([[1, 2]]), bias: np.array([3]) }
    expect((untyped(layer.call, weights, new Float32Array([1, 1])) as Tensor).toArray()).toEqual([6])
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
