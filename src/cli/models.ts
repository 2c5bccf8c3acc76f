import { digitClasses } from '../data/digits.js'
import type { ImageSizes } from '../data/imageSet.js'
import { aval, type Shape } from '../graph/aval.js'
import { fromHost } from '../graph/tensor.js'
import type { AnyLayer } from '../models/layer.js'
import { key } from '../random/key.js'
import { type ImageTask, imageClassifier, type LearningPlan } from '../train/imageClassifier.js'
import type { Learner } from '../train/learner.js'
import { mnistCnn } from '../train/mnistCnn.js'
import { mnistMlp } from '../train/mnistMlp.js'
import type { TrainConfig } from '../train/trainConfig.js'
import { evalShape } from '../transforms/makeGraph.js'

/** A model that can be trained, tested and used by its name. */
export type TrainableModel = {
  /** What a training is unless flags say otherwise. */
  readonly defaults: Pick<TrainConfig, 'epochs' | 'weightDecay'>
  readonly network: AnyLayer
  /** The images that it takes, before anything is made of them. */
  readonly image: ImageSizes
  /** Names of what it tells apart. */
  readonly classes: readonly string[]
  /** What the network gets for one image, batch axis included. */
  readonly inputShape: () => Shape
  /** Hands its learner, whose state is of a type of its own, to something that takes any. */
  readonly withLearner: <R>(use: <S>(learnerOf: (plan: LearningPlan) => Learner<S>) => R) => R
}

const digitModel = <P, S>(task: ImageTask<P, S>, defaults: TrainableModel['defaults']): TrainableModel => {
  const image = { channels: 1, height: 28, width: 28 }
  return {
    defaults,
    network: task.model,
    image,
    classes: digitClasses,
    inputShape: () => {
      const { channels, height, width } = image
      const black = fromHost(
        new Float32Array(channels * height * width),
        aval([channels, height, width], 'float32'),
      )
      return [1, ...evalShape(task.transforms.test, key(0), black).shape]
    },
    withLearner: (use) => use((plan) => imageClassifier(task, plan)),
  }
}

export const models = {
  'mnist-cnn': digitModel(mnistCnn, { epochs: 5, weightDecay: 1e-4 }),
  'mnist-mlp': digitModel(mnistMlp, { epochs: 3, weightDecay: 0 }),
} as const
export type ModelName = keyof typeof models

export const isModelName = (name: string): name is ModelName => Object.hasOwn(models, name)
