import { describe, expect, it } from 'vitest'
import { nn, np, type Tensor, tree, valueAndGrad } from '../../../src/index.js'
import { distance, named, torchFixture } from './fixture.js'
import { hashed, words } from './hashed.js'

type DType = 'float32' | 'float64'
type Input = 'real' | 'coarse' | { readonly indicesBelow: number }
type Case = readonly [name: string, layer: nn.AnyLayer, shape: readonly number[], input?: Input]

const flat = nn.sequential({ flatten: nn.flatten })
const norm3 = () => nn.batchNorm(4)

/** The layers of test/fixtures/torch/layers.py. */
const cases: readonly Case[] = [
  ['linear', nn.linear(5, 4), [3, 2, 5]],
  ['linear without bias', nn.linear(5, 4, { bias: false }), [3, 5]],
  ['conv1d', nn.conv1d(3, 4, 3), [2, 3, 9]],
  ['conv1d strided, padded, dilated', nn.conv1d(3, 4, 3, { stride: 2, padding: 2, dilation: 2 }), [2, 3, 10]],
  ['conv1d in groups', nn.conv1d(4, 6, 3, { groups: 2 }), [2, 4, 7]],
  ['conv2d', nn.conv2d(3, 4, 3, { padding: 1 }), [2, 3, 6, 5]],
  [
    'conv2d oblong',
    nn.conv2d(4, 6, [3, 2], { stride: [2, 1], padding: [1, 0], dilation: [1, 2], groups: 2, bias: false }),
    [2, 4, 7, 6],
  ],
  ['conv2d depthwise', nn.conv2d(4, 8, 3, { stride: 2, padding: 1, groups: 4 }), [2, 4, 6, 6]],
  ['conv2d same', nn.conv2d(2, 3, [4, 3], { padding: 'SAME', dilation: [1, 2] }), [2, 2, 5, 6]],
  ['conv2d valid', nn.conv2d(2, 3, 2, { padding: 'VALID' }), [2, 2, 4, 3]],
  ['convTranspose2d', nn.convTranspose2d(3, 4, 2, { stride: 2 }), [2, 3, 4, 3]],
  [
    'convTranspose2d padded',
    nn.convTranspose2d(3, 4, 3, { stride: 2, padding: 1, outputPadding: 1 }),
    [2, 3, 4, 3],
  ],
  [
    'convTranspose2d oblong',
    nn.convTranspose2d(4, 6, [3, 2], {
      stride: [1, 3],
      padding: [2, 1],
      outputPadding: [0, 2],
      dilation: [2, 1],
      groups: 2,
      bias: false,
    }),
    [2, 4, 5, 3],
  ],
  ['maxPool 1d', nn.maxPool({ window: 2 }), [2, 3, 7]],
  ['maxPool 2d', nn.maxPool({ window: 2 }), [2, 3, 6, 5]],
  ['maxPool overlapping', nn.maxPool({ window: 3, stride: 2, padding: 1 }), [2, 3, 6, 7]],
  ['maxPool with ties', nn.maxPool({ window: 3, stride: 2, padding: 1 }), [2, 3, 6, 7], 'coarse'],
  ['avgPool 1d', nn.avgPool({ window: 3, stride: 2, padding: 1 }), [2, 3, 8]],
  ['avgPool 2d', nn.avgPool({ window: [3, 2], stride: 2, padding: 1 }), [2, 3, 6, 7]],
  [
    'avgPool without padding',
    nn.avgPool({ window: 3, stride: 2, padding: 1, countIncludePad: false }),
    [2, 3, 6, 7],
  ],
  ['adaptiveAvgPool even', nn.adaptiveAvgPool([3, 1]), [2, 3, 6, 5]],
  ['adaptiveAvgPool uneven', nn.adaptiveAvgPool([3, 2]), [2, 3, 7, 5]],
  ['adaptiveAvgPool 1d', nn.adaptiveAvgPool(4), [2, 3, 3]],
  ['adaptiveMaxPool even', nn.adaptiveMaxPool([3, 1]), [2, 3, 6, 5]],
  ['adaptiveMaxPool uneven', nn.adaptiveMaxPool([3, 2]), [2, 3, 7, 5]],
  ['adaptiveMaxPool with ties', nn.adaptiveMaxPool([3, 2]), [2, 3, 7, 5], 'coarse'],
  ['flatten', flat, [2, 3, 2, 2]],
  ['batchNorm of vectors', nn.batchNorm(4), [5, 4]],
  ['batchNorm 1d', nn.batchNorm(4, { eps: 1e-3, momentum: 0.3 }), [3, 4, 5]],
  ['batchNorm 2d', nn.batchNorm(3), [2, 3, 4, 3]],
  ['batchNorm over all batches', nn.batchNorm(3, { momentum: null, affine: false }), [2, 3, 4, 3]],
  ['layerNorm', nn.layerNorm(6), [2, 3, 6]],
  ['layerNorm over two axes', nn.layerNorm([3, 4], { eps: 1e-2 }), [2, 3, 4]],
  ['layerNorm without affine', nn.layerNorm(6, { affine: false }), [2, 3, 6]],
  ['groupNorm', nn.groupNorm(2, 6), [2, 6, 3, 2]],
  ['groupNorm of each channel', nn.groupNorm(6, 6, { affine: false }), [2, 6, 5]],
  ['embedding', nn.embedding(7, 3), [2, 5], { indicesBelow: 7 }],
  ['embedding with padding', nn.embedding(7, 3, { paddingIndex: 2 }), [3, 5], { indicesBelow: 7 }],
  [
    'residual block',
    nn.residual(
      nn.sequential({
        conv1: nn.conv2d(3, 4, 3, { stride: 2, padding: 1, bias: false }),
        bn1: norm3(),
        relu: nn.relu,
        conv2: nn.conv2d(4, 4, 3, { padding: 1, bias: false }),
        bn2: norm3(),
      }),
      nn.sequential({ conv: nn.conv2d(3, 4, 1, { stride: 2, bias: false }), bn: norm3() }),
    ),
    [2, 3, 6, 6],
  ],
]

const size = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1)

const real = (seed: number, shape: readonly number[], dtype: DType): Tensor =>
  np.array(Float64Array.from(hashed(seed, size(shape))), { shape, dtype })

const made = (input: Input, seed: number, shape: readonly number[], dtype: DType): Tensor => {
  if (typeof input === 'object')
    return np.array(
      Int32Array.from(words(seed, size(shape)), (w) => w % input.indicesBelow),
      { shape },
    )
  const x = real(seed, shape, dtype)
  return input === 'coarse' ? np.floor(x.mul(2)).div(2) : x
}

/** Our names of state under PyTorch's. */
const torchState = (path: string): string =>
  path
    .replace(/\bmean$/, 'running_mean')
    .replace(/\bvar$/, 'running_var')
    .replace(/\bcount$/, 'num_batches_tracked')

const values = (t: Tensor): ArrayLike<number> => t.dataSync()

const fixture = torchFixture('layers')

/** Everything that the fixture has of a case, under the same names. */
const results = ([name, layer, shape, input = 'real']: Case, dtype: DType): ReadonlyMap<string, Tensor> => {
  const { params, state } = layer.init(np.array([0, 0], { dtype: 'uint32' }))
  const paths = [...tree.paths(params)]
  const start = tree.mapWithPath(
    (path, p: Tensor) => real(1 + [...paths].sort().indexOf(path), p.shape, dtype),
    params,
  )
  const initial = tree.map((s: Tensor) => (s.dtype === 'int32' ? s : s.astype(dtype)), state)
  const steps = tree.leaves(state).length > 0 ? 3 : 1
  const inputs = Array.from({ length: steps }, (_, b) => made(input, 101 + b, shape, dtype))
  const apply = (p: unknown, s: unknown, x: Tensor, train: boolean) =>
    layer.apply(p as never, s as never, x, { train })
  const found = new Map<string, Tensor>()
  const run = (p: unknown, last: Tensor) => {
    let [current, loss]: [unknown, Tensor] = [initial, np.array(0, { dtype })]
    const outputs: Tensor[] = []
    for (const [b, x] of [...inputs.slice(0, -1), last].entries()) {
      const [y, next] = apply(p, current, x, true)
      loss = loss.add(y.mul(real(201 + b, y.shape, dtype)).sum())
      outputs.push(y)
      current = next
    }
    return { loss, outputs, state: current }
  }
  const traced = valueAndGrad(
    (p: { readonly params: unknown; readonly x: Tensor | null }) => {
      const { loss, outputs, state: after } = run(p.params, p.x ?? inputs[steps - 1])
      return [loss, { outputs, after }] as const
    },
    { hasAux: true },
  )
  const x = typeof input === 'object' ? null : inputs[steps - 1]
  const [[, { outputs, after }], grads] = traced({ params: start, x })
  outputs.forEach((y, b) => {
    found.set(`${name}/y${b}`, y)
  })
  if (grads.x !== null) found.set(`${name}/grad.x`, grads.x)
  tree.mapWithPath((path, g: Tensor) => {
    found.set(`${name}/grad.${path}`, g)
    return g
  }, grads.params)
  if (steps === 1) return found
  tree.mapWithPath((path, s: Tensor) => {
    found.set(`${name}/state.${torchState(path)}`, s)
    return s
  }, after)
  return found.set(`${name}/evaluated`, apply(start, after, made(input, 301, shape, dtype), false)[0])
}

describe.each([
  ['float64', 1e-9],
  ['float32', 1e-3],
] as const)('layers equal PyTorch in %s', (dtype, most) => {
  it.each(cases.map((c) => [c[0], c] as const))(
    '%s: outputs, gradients and running statistics',
    (_name, testCase) => {
      const found = results(testCase, dtype)
      const expected = Object.keys(fixture).filter((key) => key.startsWith(`${testCase[0]}/`))
      expect([...found.keys()].sort()).toEqual(expected.sort())
      for (const [key, tensor] of found) {
        const wanted = named(fixture, key)
        expect([key, tensor.shape]).toEqual([key, wanted.shape])
        expect([key, distance(values(tensor), wanted.data as Float64Array)]).toSatisfy(
          ([, d]: [string, number]) => d <= most,
        )
      }
    },
  )
})

it('all layers of the fixture are compared', () => {
  const ours = cases.map(([name]) => name)
  expect([...new Set(Object.keys(fixture).map((key) => key.split('/')[0]))].sort()).toEqual(ours.sort())
})
