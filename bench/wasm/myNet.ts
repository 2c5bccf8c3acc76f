import { jit, nn, np, optim, random, type Tensor, valueAndGrad } from '../../src/index.js'
import { numbers } from '../numbers.js'
import type { Trainer } from '../training/task.js'

const batch = 64
const classes = 10

/** Shapes of weights, in the order in which the network uses them; each with a bias of as many as its first axis. */
const weightShapes = [
  [32, 3, 3, 3],
  [64, 32, 3, 3],
  [128, 64, 3, 3],
  [512, 128 * 12 * 12],
  [classes, 512],
] as const

export type MyNetData = {
  /** f32[64, 3, 48, 48] */
  readonly x: Float32Array
  readonly labels: readonly number[]
  readonly weights: readonly Float32Array[]
}

const size = (shape: readonly number[]): number => shape.reduce((p, d) => p * d, 1)

/** Uniform, in ±1/√(inputs of one output), as PyTorch starts; biases are zero. */
export const myNetData = (): MyNetData => ({
  x: numbers(batch * 3 * 48 * 48, 5),
  labels: Array.from({ length: batch }, (_, i) => (i * 7) % classes),
  weights: weightShapes.map((shape, i) => {
    const most = 1 / Math.sqrt(size(shape.slice(1)))
    return numbers(size(shape), 10 + i).map((v) => v * most)
  }),
})

type Layer = { readonly weight: Tensor; readonly bias: Tensor }
type Params = readonly Layer[]

const conv = (x: Tensor, { weight, bias }: Layer): Tensor =>
  nn.relu(nn.functional.conv2d(x, weight, { padding: 1 }).add(bias.reshape([-1, 1, 1])))

const dense = (x: Tensor, { weight, bias }: Layer): Tensor => np.matmul(x, weight.transpose()).add(bias)

const pool = (x: Tensor): Tensor => nn.functional.maxPool(x, { window: 2, stride: 2 })

const half = nn.dropout(0.5)

const dropout = (x: Tensor, key: Tensor | null): Tensor =>
  key === null ? x : half.apply(null, null, x, { train: true, key })[0]

const logits = ([c1, c2, c3, f1, f2]: Params, x: Tensor, keys: readonly (Tensor | null)[]): Tensor => {
  const maps = pool(conv(pool(conv(conv(x, c1), c2)), c3))
  const hidden = nn.relu(dense(dropout(maps.reshape([batch, -1]), keys[0]), f1))
  return dense(dropout(hidden, keys[1]), f2)
}

export type MyNetOptions = { readonly dropout: boolean }

/** Cross-entropy, its gradient, and Adam with decay of weights; the state donated from step to step. */
export const myNetTrainer = ({ dropout }: MyNetOptions, data: MyNetData = myNetData()): Trainer => {
  const x = np.array(data.x, { shape: [batch, 3, 48, 48] })
  const y = np.array([...data.labels], { dtype: 'int32' })
  const params: Params = data.weights.map((weight, i) => ({
    weight: np.array(weight, { shape: weightShapes[i] }),
    bias: np.zeros([weightShapes[i][0]]),
  }))
  const optimizer = optim.chain(optim.addL2(1e-4), optim.adam(1e-3))
  type State = {
    readonly params: Params
    readonly moments: ReturnType<typeof optimizer.init>
    readonly key: Tensor
  }
  const loss = (params: Params, x: Tensor, y: Tensor, keys: readonly (Tensor | null)[]): Tensor =>
    nn.softmaxCrossEntropy(logits(params, x, keys), y).mean()
  const step = jit(
    ({ params, moments, key }: State, x: Tensor, y: Tensor) => {
      const [next, ...keys] = random.split(key, 3)
      const [value, grads] = valueAndGrad((p: Params) => loss(p, x, y, dropout ? keys : [null, null]))(params)
      const [updates, moved] = optimizer.update(grads, moments, params)
      const state: State = { params: optim.applyUpdates(params, updates), moments: moved, key: next }
      return { state, value }
    },
    { donate: [0] },
  )
  let state: State = { params, moments: optimizer.init(params), key: random.key(0) }
  return {
    step: async () => {
      const next = step(state, x, y)
      state = next.state
      const [value] = await next.value.data()
      next.value.dispose()
      return Number(value)
    },
  }
}
