import { jit, nn, np, optim, random, type Tensor } from 'grad-ts'
import { batchedFrom, type ImageTransform } from 'grad-ts/augment'
import { type GradientState, type GradientTask, gradientTask } from 'grad-ts/train'
import type { LabelledImages } from '../data/imageDataset.js'
import type { TrainConfig } from '../run/trainConfig.js'
import { filtersAndMaps, type Inside } from './filtersAndMaps.js'
import { learningRateOf, updatesOf } from './learningRate.js'

/** A model of images, and what is made of them before it gets them. */
export type ImageModel<P, S> = {
  /** Of the task; checkpoints of another name are refused. */
  readonly name: string
  /** f32[n, …] as the transforms make it → logits f32[n, classes]. */
  readonly model: nn.Layer<P, S>
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

/** A judgement of examples: their mean loss, f32[], and the probabilities of all classes, f32[n, classes]. */
type Predicted = { readonly loss: Tensor; readonly probabilities: Tensor }

/** A task that is learnt from images with classes, and what it makes of others. */
export type ImageClassifier<P, S> = {
  readonly task: GradientTask<P, S, LabelledImages, 'accuracy'>
  readonly classes: number
  /** The number of trainable values. */
  readonly parameters: number
  readonly predict: (state: GradientState<P, S>, batch: LabelledImages) => Predicted
  /** The outputs of the model's layers for the first image of a batch. */
  readonly inside: (state: GradientState<P, S>, batch: LabelledImages) => Promise<Inside>
}

/** Classifies images with Adam: cross-entropy on logits, of images that are transformed within the step. */
export const imageClassifier = <P, S>(
  { name, model, classes, transforms }: ImageModel<P, S>,
  { config, steps }: LearningPlan,
): ImageClassifier<P, S> => {
  const { weightDecay, accumulate, average, backend } = config
  const updates = Math.max(1, updatesOf(steps, accumulate))
  const [augmented, plain] = [batchedFrom(transforms.train), batchedFrom(transforms.test)]
  // transforms of the test draw nothing
  const plainImages = (images: Tensor): Tensor => plain(random.key(0), images)
  const task = gradientTask({
    name,
    init: model.init,
    optimizer: optim.adam(learningRateOf(config, updates), weightDecay === 0 ? {} : { weightDecay }),
    accumulate,
    ...(average === null ? {} : { average }),
    backend,
    loss: (params: P, { images, labels }: LabelledImages, { state, mode }) => {
      const [transformKey, modelKey] = mode.key === undefined ? [] : random.split(mode.key, 2)
      const x = transformKey === undefined ? plainImages(images) : augmented(transformKey, images)
      const [logits, next] = model.apply(params, state, x, { ...mode, key: modelKey })
      return {
        loss: nn.softmaxCrossEntropy(logits, labels).mean(),
        figures: { accuracy: np.argmax(logits, 1).eq(labels).mean() },
        state: next,
      }
    },
  })
  const predict = jit(
    ({ params, state }: nn.Variables<P, S>, { images, labels }: LabelledImages): Predicted => {
      const [logits] = model.apply(params, state, plainImages(images), { train: false })
      return { loss: nn.softmaxCrossEntropy(logits, labels).mean(), probabilities: nn.softmax(logits) }
    },
    { backend },
  )
  return {
    task,
    classes,
    parameters: nn.countParameters(task.init(config.seed).params),
    predict: (state, batch) => predict(task.variables(state), batch),
    inside: (state, { images }) => filtersAndMaps(model, task.variables(state), plainImages(images)),
  }
}
