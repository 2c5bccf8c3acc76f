import * as data from '../../jobs/src/index.js'
import { wasmBackend } from '../../src/backends/wasm/index.js'
import { webAssembly } from '../../src/backends/wasm/webAssembly.js'
import { registerBackend } from '../../src/compiler/backends.js'
import {
  jit,
  nn,
  np,
  optim,
  random,
  setDefaultBackend,
  type Tensor,
  tree,
  valueAndGrad,
} from '../../src/index.js'

/** A loop that holds a bounded number of arrays. */
export type Loop = {
  /** So many more steps, without a word about memory. */
  readonly plain: (steps: number) => Promise<void>
  /** The same, every array given up by donation or disposal. */
  readonly tidy: (steps: number) => Promise<void>
}

type Read = (loss: Tensor) => unknown

const widths = [784, 1024, 10]
const batchSize = 32

const givenUp = (made: unknown): void => {
  for (const x of tree.leaves(made)) (x as Tensor).dispose()
}

const mlp = () => {
  const model = nn.mlp(widths)
  const { params } = model.init(random.key(0))
  const optimizer = optim.adam(1e-3)
  const moments = optimizer.init(params)
  type State = readonly [params: typeof params, moments: typeof moments]
  const loss = (p: typeof params, x: Tensor, y: Tensor) => nn.softmaxCrossEntropy(model.call(p, x), y).mean()
  const step = ([p, m]: State, x: Tensor, y: Tensor) => {
    const [value, grads] = valueAndGrad(loss)(p, x, y)
    const [updates, next] = optimizer.update(grads, m, p)
    return [[optim.applyUpdates(p, updates), next] as State, value] as const
  }
  return {
    // each an array of its own: what is donated is gone
    start: (): State => tree.map((t: Tensor) => t.add(0), [params, moments] as State),
    plain: jit(step),
    donating: jit(step, { donate: [0] }),
  }
}

/** Training on one batch; `read` is what becomes of each loss. */
const training = (read: Read) => (): Loop => {
  const { start, plain, donating } = mlp()
  const x = random.normal(random.key(1), [batchSize, widths[0]])
  const y = np.array(
    Array.from({ length: batchSize }, (_, i) => i % 10),
    { dtype: 'int32' },
  )
  let [left, tidy] = [start(), start()]
  return {
    plain: async (steps) => {
      for (let i = 0; i < steps; i++) {
        const [next, loss] = plain(left, x, y)
        left = next
        const seen = read(loss)
        if (seen instanceof Promise) await seen
      }
    },
    tidy: async (steps) => {
      for (let i = 0; i < steps; i++) {
        const [next, loss] = donating(tidy, x, y)
        tidy = next
        const seen = read(loss)
        if (seen instanceof Promise) await seen
        loss.dispose()
      }
    },
  }
}

const decay = (): Loop => {
  const start = () => random.normal(random.key(0), [1024, 1024])
  let [w, v] = [start(), start()]
  return {
    plain: async (steps) => {
      for (let i = 0; i < steps; i++) w = w.mul(0.9999)
    },
    tidy: async (steps) => {
      for (let i = 0; i < steps; i++) {
        const next = v.mul(0.9999)
        v.dispose()
        v = next
      }
    },
  }
}

/** As many pictures as there are digits, and of their size. */
const pictures: data.ImageSet = {
  count: 60_000,
  channels: 1,
  height: 28,
  width: 28,
  pixels: Uint8Array.from({ length: 60_000 * widths[0] }, (_, i) => (i * 131) % 251),
  labels: Uint32Array.from({ length: 60_000 }, (_, i) => i % 10),
  classes: Array.from({ length: 10 }, (_, i) => String(i)),
}

const epochs = (): Loop => {
  const { start, plain, donating } = mlp()
  let epoch = 0
  function* endless() {
    for (;;) yield* data.batches(pictures, { batchSize, seed: 0, epoch: epoch++ })
  }
  const batches = endless()
  const next = () => {
    const { images, labels } = batches.next().value as data.ImageBatch
    return [np.array(images, { shape: [batchSize, widths[0]] }), np.array(labels)] as const
  }
  let [left, tidy] = [start(), start()]
  return {
    plain: async (steps) => {
      for (let i = 0; i < steps; i++) left = plain(left, ...next())[0]
    },
    tidy: async (steps) => {
      for (let i = 0; i < steps; i++) {
        const batch = next()
        const [state, loss] = donating(tidy, ...batch)
        tidy = state
        givenUp([batch, loss])
      }
    },
  }
}

/** The loop that README begins with, with layers that weigh something. */
const readme = (): Loop => {
  const model = nn.sequential(nn.linear(2, 2048), np.tanh, nn.linear(2048, 512), np.tanh, nn.linear(512, 1))
  const x = np.array([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ])
  const y = np.array([[0], [1], [1], [0]])
  let { params } = model.init(random.key(0))
  let tidy = tree.map((p: Tensor) => p.add(0), params)
  const loss = (p: typeof params) => nn.sigmoidBinaryCrossEntropy(model.call(p, x), y).mean()
  const step = jit(valueAndGrad(loss))
  return {
    plain: async (steps) => {
      for (let i = 0; i < steps; i++) params = tree.map((p, g) => p.sub(g.mul(0.01)), params, step(params)[1])
    },
    tidy: async (steps) => {
      for (let i = 0; i < steps; i++) {
        const [value, grads] = step(tidy)
        const next = tree.map(
          (p, g) => {
            const scaled = g.mul(0.01)
            const sub = p.sub(scaled)
            scaled.dispose()
            return sub
          },
          tidy,
          grads,
        )
        givenUp([tidy, value, grads])
        tidy = next
      }
    },
  }
}

export type LoopName = 'item' | 'data' | 'nothing' | 'decay' | 'batches' | 'readme'

/** Made ready when they are called. */
export const loops: Readonly<Record<LoopName, () => Loop>> = {
  item: training((loss) => loss.item()),
  data: training((loss) => loss.data()),
  nothing: training(() => undefined),
  decay,
  batches: epochs,
  readme,
}

/** As in a page: the collector can't be forced, so arrays are spilled. */
export const spill = (): void => {
  if (webAssembly === undefined) throw new Error('memory: WebAssembly is required, got none.')
  const name = 'wasm, spilling'
  registerBackend(name, { ...wasmBackend(webAssembly, { residence: { collect: null } }), name })
  setDefaultBackend(name)
}
