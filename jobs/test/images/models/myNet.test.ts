import { beforeAll, describe, expect, it } from 'vitest'
import { jit, loadBackend, nn, np, optim, type Tensor, tree, valueAndGrad } from '../../../../src/index.js'
import { distance, named, norm, torchFixture } from '../../../../test/models/torch/fixture.js'
import { hashed } from '../../../../test/models/torch/hashed.js'
import { myNet } from '../../../src/images/models/myNet.js'

const [batch, classes, steps, kept] = [8, 43, 10, 4096]
const backend = 'wasm'
const model = myNet({ classes })
type Params = ReturnType<typeof model.init>['params']

const size = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1)

/** Uniform on ±1/√fanIn, by the formula of test/fixtures/torch/my_net.py. */
const start = (): Params => {
  const shapes = shapesOf()
  const paths = Object.keys(shapes).sort()
  const weights = Object.fromEntries(
    paths.map((path, i) => {
      const fanIn = size(shapes[path.replace('bias', 'weight')].slice(1))
      const bound = Math.fround(1 / Math.sqrt(fanIn))
      const values = hashed(1 + i, size(shapes[path])).map((v) => v * bound)
      return [path, np.array(values, { shape: shapes[path] })]
    }),
  )
  const layer = (name: string) => ({ weight: weights[`${name}.weight`], bias: weights[`${name}.bias`] })
  return {
    conv1: layer('conv1'),
    conv2: layer('conv2'),
    conv3: layer('conv3'),
    fc1: layer('fc1'),
    fc2: layer('fc2'),
  }
}

/** As a PyTorch module of these layers has them. */
const shapesOf = (): Readonly<Record<string, readonly number[]>> => ({
  'conv1.weight': [32, 3, 3, 3],
  'conv1.bias': [32],
  'conv2.weight': [64, 32, 3, 3],
  'conv2.bias': [64],
  'conv3.weight': [128, 64, 3, 3],
  'conv3.bias': [128],
  'fc1.weight': [512, 128 * 12 * 12],
  'fc1.bias': [512],
  'fc2.weight': [classes, 512],
  'fc2.bias': [classes],
})

const images = np.array(hashed(101, batch * 3 * 48 * 48), { shape: [batch, 3, 48, 48] })
const labels = np.array(
  Array.from({ length: batch }, (_, i) => (i * 7) % classes),
  { dtype: 'int32' },
)

/** Without dropout, which is for training with a key. */
const logitsOf = (params: Params, x: Tensor): Tensor => model.apply(params, null, x, { train: false })[0]
const lossOf = (params: Params, x: Tensor, y: Tensor) => {
  const logits = logitsOf(params, x)
  return [nn.softmaxCrossEntropy(logits, y).mean(), logits] as const
}

const fixture = torchFixture('myNet')
const wanted = (name: string) => named(fixture, name).data as Float32Array | Float64Array

/** How far a tensor is from what was kept of PyTorch's: in its every so many-th element, and in the norm of all. */
const distances = (name: string, tensor: Tensor): readonly number[] => {
  const values = tensor.dataSync()
  const step = Math.ceil(values.length / kept)
  return [
    distance(
      values.filter((_, i) => i % step === 0),
      wanted(name),
    ),
    distance([norm(values)], wanted(`${name}.norm`)),
  ]
}

const requireNear = (what: string, got: readonly number[], most: number) => {
  expect([what, ...got]).toSatisfy(() => got.every((d) => d <= most), `every distance at most ${most}`)
}

/** Of each parameter. */
const requireAllNear = (prefix: string, params: Params, most: number) => {
  tree.mapWithPath((path, p: Tensor) => {
    requireNear(`${prefix}.${path}`, distances(`${prefix}.${path}`, p), most)
    return p
  }, params)
}

describe('the convolutional network beside PyTorch', () => {
  beforeAll(async () => {
    await loadBackend(backend)
  })

  it('has the names and shapes of a PyTorch module, as it is initialised', () => {
    const { params, state } = jit(model.init, { backend })(np.array([0, 0], { dtype: 'uint32' }))
    const shapes = Object.fromEntries(
      tree.paths(params).map((path, i) => [path, (tree.leaves(params)[i] as Tensor).shape]),
    )
    expect(shapes).toEqual(shapesOf())
    expect(state).toBe(null)
    expect(
      Object.keys(fixture)
        .filter((key) => /^grad.*(weight|bias)$/.test(key))
        .map((key) => key.slice(5))
        .sort(),
    ).toEqual(Object.keys(shapes).sort())
  })

  it('has its logits, its loss and every gradient', () => {
    const value = jit(valueAndGrad(lossOf, { hasAux: true }), { backend })
    const [[loss, logits], grads] = value(start(), images, labels)
    requireNear('logits', [distance(logits.dataSync(), wanted('logits'))], 1e-4)
    requireNear('loss', [Math.abs(loss.item() / wanted('losses')[0] - 1)], 1e-4)
    requireAllNear('grad', grads, 1e-4)
  })

  it('has its parameters and losses over ten steps of Adam with weight decay', () => {
    const optimizer = optim.adam(1e-3, { weightDecay: 1e-4 })
    const step = jit(
      (params: Params, state: optim.States) => {
        const [[loss], grads] = valueAndGrad(lossOf, { hasAux: true })(params, images, labels)
        const [updates, next] = optimizer.update(grads, state, params)
        return [optim.applyUpdates(params, updates), next, loss] as const
      },
      { backend, donate: [0, 1] },
    )
    let params = start()
    let state: optim.States = optimizer.init(params)
    const losses: number[] = []
    for (let i = 0; i < steps; i++) {
      const [nextParams, nextState, loss] = step(params, state)
      losses.push(loss.item())
      params = nextParams
      state = nextState
    }
    losses.push(jit(lossOf, { backend })(params, images, labels)[0].item())
    const off = losses.map((loss, i) => Math.abs(loss / wanted('losses')[i] - 1))
    expect(off.length).toBe(wanted('losses').length)
    requireNear('losses', off, 1e-4)
    requireAllNear('after', params, 1e-3)
  })
})
