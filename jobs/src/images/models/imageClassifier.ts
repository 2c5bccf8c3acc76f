import { jit } from '../../../../src/compiler/jit.js'
import { batchedFrom, type ImageTransform } from '../../../../src/data/augment/imageTransform.js'
import { softmax, softmaxCrossEntropy } from '../../../../src/functions/nn.js'
import { fromHost, type Tensor } from '../../../../src/graph/tensor.js'
import * as tree from '../../../../src/graph/tree.js'
import { aval } from '../../../../src/ir/aval.js'
import { countParameters } from '../../../../src/models/countParameters.js'
import type { Layer } from '../../../../src/models/layer.js'
import { add, mul } from '../../../../src/ops/elementwise/arithmetic.js'
import { where } from '../../../../src/ops/elementwise/select.js'
import { adam } from '../../../../src/optim/adam.js'
import { zeroCount } from '../../../../src/optim/count.js'
import {
  applyUpdates,
  type GradientTransformation,
  type States,
} from '../../../../src/optim/gradientTransformation.js'
import { hasUpdated, multiSteps } from '../../../../src/optim/multiSteps.js'
import { type ParameterAverageState, parameterAverage } from '../../../../src/optim/parameterAverage.js'
import { foldIn } from '../../../../src/random/foldIn.js'
import { key } from '../../../../src/random/key.js'
import { permutation } from '../../../../src/random/permutation.js'
import { split } from '../../../../src/random/split.js'
import type { Learner } from '../../../../src/train/learner.js'
import { stateFromHost, stateToHost } from '../../../../src/train/stateOnHost.js'
import { valueAndGrad } from '../../../../src/transforms/grad.js'
import type { ImageBatch } from '../data/imageBatch.js'
import type { TrainConfig } from '../run/trainConfig.js'
import { insideOf } from './insideOf.js'
import { learningRateOf, updatesOf } from './learningRate.js'
import { countRight, predictedClasses } from './predictedClass.js'

/** What is learnt, and from what. */
export type ImageTask<P, S> = {
  /** Of the learner; checkpoints of another name are refused. */
  readonly name: string
  /** f32[n, …] as the transforms make it → logits f32[n, classes]. */
  readonly model: Layer<P, S>
  readonly classes: number
  /** Of an image f32[channels, height, width] of 0…1; `train` may draw. */
  readonly transforms: { readonly train: ImageTransform; readonly test: ImageTransform }
}

/** How it is learnt. */
export type LearningPlan = {
  readonly config: Pick<
    TrainConfig,
    'lr' | 'weightDecay' | 'schedule' | 'accumulate' | 'average' | 'seed' | 'backend'
  >
  /** Batches in all, for the schedule of the learning rate. */
  readonly steps: number
}

/** All that changes while training. */
export type ClassifierState<P, S> = {
  readonly params: P
  readonly model: S
  readonly optimizer: unknown
  /** The parameters' moving average, where one is kept. */
  readonly average: ParameterAverageState<P> | null
  /** i32[]: steps so far; what a step draws follows from it and the seed. */
  readonly step: Tensor
}

const imagesOf = ({ images, size, channels, height, width }: ImageBatch): Tensor =>
  fromHost(images, aval([size, channels, height, width], 'float32'))
const labelsOf = ({ labels, size }: ImageBatch): Tensor => fromHost(labels, aval([size], 'int32'))

/**
 * A classifier of images with Adam: cross-entropy on logits. One jitted step transforms the images, and finds the loss, its
 * gradient and the update; it reuses the memory of the state that it is given.
 */
export const imageClassifier = <P, S>(
  { name, model, classes, transforms }: ImageTask<P, S>,
  { config, steps }: LearningPlan,
): Learner<ClassifierState<P, S>> => {
  type State = ClassifierState<P, S>
  const { weightDecay, accumulate, backend } = config
  const [initKey, orderKey, transformKey, modelKey] = split(key(config.seed), 4)
  const updates = Math.max(1, updatesOf(steps, accumulate))
  const single = adam(learningRateOf(config, updates), weightDecay === 0 ? {} : { weightDecay })
  const several = accumulate === 1 ? null : multiSteps(single, accumulate)
  const optimizer: GradientTransformation = several ?? single
  const averaging = config.average === null ? null : parameterAverage(config.average)
  const { params, state: modelState } = model.init(initKey)
  const init: State = {
    params,
    model: modelState,
    optimizer: optimizer.init(params),
    // before the first update it is the parameters themselves: copies, since a step takes their memory
    average:
      averaging === null
        ? null
        : { ...averaging.init(params), average: tree.map((p: Tensor) => mul(p, 1), params) },
    step: zeroCount(),
  }
  const [augmented, plain] = [batchedFrom(transforms.train), batchedFrom(transforms.test)]

  /** It moves with updates, not with batches. */
  const averageAfter = (old: State['average'], params: P, moments: States): State['average'] => {
    if (averaging === null || old === null) return null
    const next = averaging.update(old, params)
    if (several === null) return next
    const isMoved = hasUpdated((moments as ReturnType<typeof several.init>)[0])
    return tree.map((a: Tensor, b: Tensor) => where(isMoved, a, b), next, old)
  }
  const update = jit(
    (state: State, images: Tensor, labels: Tensor) => {
      const x = augmented(foldIn(transformKey, state.step), images)
      const mode = { train: true, key: foldIn(modelKey, state.step) }
      const loss = ({ params }: { readonly params: P }) => {
        const [logits, next] = model.apply(params, state.model, x, mode)
        return [softmaxCrossEntropy(logits, labels).mean(), { logits, next }] as const
      }
      const [[value, { logits, next }], grads] = valueAndGrad(loss, { hasAux: true })({
        params: state.params,
      })
      const [updates, moments] = optimizer.update(grads.params, state.optimizer as never, state.params)
      const params = applyUpdates(state.params, updates)
      const after: State = {
        params,
        model: next,
        optimizer: moments,
        average: averageAfter(state.average, params, moments),
        step: add(state.step, 1),
      }
      return { after, value, logits }
    },
    { donate: [0], backend },
  )
  const variables = ({ params, average, model }: State) => ({
    params: average?.average ?? params,
    state: model,
  })
  const judge = jit(
    (own: ReturnType<typeof variables>, images: Tensor, labels: Tensor) => {
      const [logits] = model.apply(own.params, own.state, plain(transformKey, images), { train: false })
      return { loss: softmaxCrossEntropy(logits, labels).mean(), probabilities: softmax(logits) }
    },
    { backend },
  )

  return {
    model: name,
    classes,
    parameters: countParameters(params),
    init,
    step: async (state, batch) => {
      const { after, value, logits } = update(state, imagesOf(batch), labelsOf(batch))
      const correct = countRight(predictedClasses(await logits.data(), classes), batch.labels)
      return { state: after, loss: (await value.data())[0], correct }
    },
    judge: async (state, batch) => {
      const { loss, probabilities } = judge(variables(state), imagesOf(batch), labelsOf(batch))
      const scores = Float32Array.from(await probabilities.data())
      return { loss: (await loss.data())[0], predicted: predictedClasses(scores, classes), scores }
    },
    order: (epoch, count) => Uint32Array.from(permutation(foldIn(orderKey, epoch), count).dataSync()),
    variables,
    withVariables: (state, { params, state: model }) => {
      const own = params as P // `variables` made it, or `loadWeights` in its structure
      const average = state.average === null ? null : { ...state.average, average: own }
      return { ...state, params: own, model: model as S, average }
    },
    inside: (state, batch) => insideOf(model, variables(state), plain(transformKey, imagesOf(batch))),
    toHost: stateToHost,
    fromHost: (host) => stateFromHost(init, host),
  }
}
