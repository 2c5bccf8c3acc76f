import { describe, expect, it } from 'vitest'
import {
  GradError,
  IndexError,
  nn,
  np,
  random,
  type Shape,
  ShapeError,
  type Tensor,
  tree,
} from '../../src/index.js'

/** Calls of a program without types. */
const untyped = (f: (...args: never[]) => unknown, ...args: readonly unknown[]) =>
  Reflect.apply(f, undefined, args)

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
