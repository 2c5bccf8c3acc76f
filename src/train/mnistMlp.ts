import type { ImageBatch } from '../data/imageBatch.js'
import { bytesPerImage } from '../data/imageSet.js'
import type { HostArray } from '../formats/namedArray.js'
import { aval } from '../graph/aval.js'
import { fromHost, type Tensor } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import type { CheckpointState } from '../io/checkpoint.js'
import { flattenState } from '../io/stateTree.js'
import { linear } from '../models/linear.js'
import { sequential } from '../models/sequential.js'
import { countParameters } from '../models/summary.js'
import { relu, softmaxCrossEntropy } from '../ops/nn.js'
import { adam } from '../optim/adam.js'
import { applyUpdates } from '../optim/applyUpdates.js'
import { foldIn } from '../random/foldIn.js'
import { key } from '../random/key.js'
import { permutation } from '../random/permutation.js'
import { split } from '../random/split.js'
import { valueAndGrad } from '../transforms/grad.js'
import { jit } from '../transforms/jit.js'
import type { Learner } from './learner.js'
import { predictedClasses } from './predictedClass.js'

const classes = 10

/** 784-128-10 with ReLU between. */
export const mnistMlpModel = () => sequential(linear(784, 128), relu, linear(128, classes))

const images = (batch: ImageBatch): Tensor =>
  fromHost(batch.images, aval([batch.size, bytesPerImage(batch)], 'float32'))
const labels = (batch: ImageBatch): Tensor => fromHost(batch.labels, aval([batch.size], 'int32'))

/** A state's leaves as host arrays, in the same structure. */
const toHost = async (state: object): Promise<CheckpointState> => {
  const { def, leaves } = { def: tree.structure(state), leaves: tree.leaves(state) }
  const arrays = await Promise.all(
    leaves.map(async (t): Promise<HostArray> => {
      if (typeof t !== 'object')
        throw new TypeError(`internal: a tensor is required in a training state, got ${typeof t}`)
      return { dtype: t.dtype, shape: t.shape, data: await t.data() }
    }),
  )
  return tree.unflatten<CheckpointState>(def, arrays)
}

export type MnistMlpOptions = {
  readonly lr: number
  readonly seed: number
  /** What the step runs on; the default backend where it is left out. */
  readonly backend?: string
}

/**
 * The two-layer network on MNIST's digits: cross-entropy on logits, Adam, everything in one jitted step that
 * reuses the memory of the state it is given.
 */
export const mnistMlp = ({ lr, seed, backend }: MnistMlpOptions) => {
  const [initKey, orderKey] = split(key(seed))
  const model = mnistMlpModel()
  const { params } = model.init(initKey)
  const optimizer = adam(lr)
  const init = { params, optimizer: optimizer.init(params) }
  type State = typeof init

  const lossAndLogits = (p: State['params'], x: Tensor, y: Tensor) => {
    const logits = model.call(p, x)
    return [softmaxCrossEntropy(logits, y).mean(), logits] as const
  }
  const update = jit(
    (state: State, x: Tensor, y: Tensor) => {
      const [[loss, logits], grads] = valueAndGrad(lossAndLogits, { hasAux: true })(state.params, x, y)
      const [updates, next] = optimizer.update(grads, state.optimizer, state.params)
      return {
        state: { params: applyUpdates(state.params, updates), optimizer: next } as State,
        loss,
        logits,
      }
    },
    { donate: [0], backend },
  )
  const judge = jit((p: State['params'], x: Tensor, y: Tensor) => lossAndLogits(p, x, y), { backend })

  const learner: Learner<State> = {
    model: 'mnist-mlp',
    parameters: countParameters(params),
    init,
    step: async (state, batch) => {
      const next = update(state, images(batch), labels(batch))
      const predicted = predictedClasses(await next.logits.data(), classes)
      const correct = predicted.reduce((n, c, i) => n + (c === batch.labels[i] ? 1 : 0), 0)
      return { state: next.state, loss: (await next.loss.data())[0], correct }
    },
    judge: async (state, batch) => {
      const [loss, logits] = judge(state.params, images(batch), labels(batch))
      return { loss: (await loss.data())[0], predicted: predictedClasses(await logits.data(), classes) }
    },
    order: (epoch, count) => Uint32Array.from(permutation(foldIn(orderKey, epoch), count).dataSync()),
    toHost,
    fromHost: (host) => {
      const arrays = flattenState(host)
      return tree.unflatten<State>(
        tree.structure(init),
        tree.paths(init).map((path) => {
          const { data, shape, dtype } = arrays[path]
          return fromHost(data, aval(shape, dtype))
        }),
      )
    },
  }
  return learner
}
