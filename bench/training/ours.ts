import type { Tensor } from '../../src/index.js'
import type { Gradient, Task, Trainer } from './task.js'

export type GradTs = typeof import('../../src/index.js')

const batch = 64

/** Random numbers for everybody. */
export const makeTask = async ({ nn, random }: GradTs, widths: readonly number[]): Promise<Task> => {
  const { params } = nn.mlp(widths).init(random.key(0))
  const floats = async (x: Tensor) => (await x.data()) as Float32Array
  return {
    batch,
    widths,
    x: await floats(random.normal(random.key(1), [batch, widths[0]])),
    labels: Array.from({ length: batch }, (_, i) => i % widths[widths.length - 1]),
    layers: await Promise.all(
      params.map(async ({ weight, bias }) => ({ weight: await floats(weight), bias: await floats(bias) })),
    ),
    adam: { rate: 1e-3, b1: 0.9, b2: 0.999, eps: 1e-8 },
  }
}

const start = ({ nn, np, valueAndGrad }: GradTs, task: Task) => {
  const model = nn.mlp(task.widths)
  const params = task.layers.map(({ weight, bias }, i) => ({
    weight: np.array(weight, { shape: [task.widths[i + 1], task.widths[i]] }),
    bias: np.array(bias),
  }))
  const lossOf = (p: typeof params, x: Tensor, y: Tensor) =>
    nn.softmaxCrossEntropy(model.call(p, x), y).mean()
  return {
    x: np.array(task.x, { shape: [task.batch, task.widths[0]] }),
    y: np.array([...task.labels], { dtype: 'int32' }),
    params,
    valueAndGrad: valueAndGrad(lossOf),
  }
}

export const ours = async (g: GradTs, task: Task, backend: string): Promise<Trainer> => {
  const { jit, optim } = g
  await g.loadBackend(backend)
  const { x, y, params, valueAndGrad } = start(g, task)
  const { rate, b1, b2, eps } = task.adam
  const optimizer = optim.adam(rate, { b1, b2, eps })
  type State = { readonly params: typeof params; readonly moments: ReturnType<typeof optimizer.init> }
  const step = jit(
    (state: State, x: Tensor, y: Tensor) => {
      const [loss, grads] = valueAndGrad(state.params, x, y)
      const [updates, moments] = optimizer.update(grads, state.moments, state.params)
      return { state: { params: optim.applyUpdates(state.params, updates), moments } as State, loss }
    },
    { donate: [0], backend },
  )
  let state: State = { params, moments: optimizer.init(params) }
  return {
    step: async () => {
      const next = step(state, x, y)
      state = next.state
      const [loss] = await next.loss.data()
      next.loss.dispose()
      return Number(loss)
    },
  }
}

/** The loss and its gradient, in one jit. */
export const oursGradient = (g: GradTs, task: Task, backend: string): Gradient => {
  const { x, y, params, valueAndGrad } = start(g, task)
  const f = g.jit((p: typeof params, x: Tensor, y: Tensor) => valueAndGrad(p, x, y), { backend })
  return {
    run: async () => {
      const [loss, grads] = f(params, x, y)
      const [value] = await loss.data()
      loss.dispose()
      for (const { weight, bias } of grads) for (const t of [weight, bias]) t.dispose()
      return Number(value)
    },
    grads: async () => {
      const [, grads] = f(params, x, y)
      const all = grads.flatMap(({ weight, bias }) => [weight, bias])
      return Promise.all(all.map(async (t) => Float32Array.from((await t.data()) as Float32Array)))
    },
  }
}
