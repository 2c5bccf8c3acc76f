import { evalShape, type nn, np, random, type Shape } from 'grad-ts'
import type { ModelImage } from '../data/folderData.js'
import { signClassCount } from '../data/signKinds.js'
import {
  type ImageClassifier,
  type ImageModel,
  imageClassifier,
  type LearningPlan,
} from '../models/imageClassifier.js'
import { imageCnn, mnistCnn } from '../models/imageCnn.js'
import { mnistMlp } from '../models/mnistMlp.js'
import type { TrainConfig } from '../run/trainConfig.js'
import { drawnSigns, mnistDigits, type OwnData } from './ownData.js'

/** A model that tells certain classes apart: it can be trained, tested and used. */
export type TrainableModel = {
  readonly network: nn.AnyLayer
  /** The images that it takes, before anything is made of them. */
  readonly image: ModelImage
  /** Names of what it tells apart. */
  readonly classes: readonly string[]
  /** The shape that the network gets for one image, batch axis included. */
  readonly inputShape: () => Shape
  /** Hands its classifier, whose parameters are of a type of their own, to something that takes any. */
  readonly withClassifier: <R>(
    use: <P, S>(classifierOf: (plan: LearningPlan) => ImageClassifier<P, S>) => R,
  ) => R
}

/** A model by its name: what it tells apart may be up to the data. */
export type ModelKind = {
  /** Defaults of a training, where flags don't say otherwise. */
  readonly defaults: Pick<TrainConfig, 'epochs' | 'weightDecay'>
  readonly image: ModelImage
  /** The data that it learns from where --data is left out; `null`: it must not be. */
  readonly own: OwnData | null
  /** The classes that a folder of PNGs may have: those of its own data, so many, or any. */
  readonly folderClasses: 'own' | 'any' | number
  readonly trainable: (classes: readonly string[]) => TrainableModel
}

const trainable = <P, S>(
  task: ImageModel<P, S>,
  image: ModelImage,
  classes: readonly string[],
): TrainableModel => ({
  network: task.model,
  image,
  classes,
  inputShape: () => {
    const { channels, height, width } = image
    const picture = np.zeros([channels, height, width])
    return [1, ...evalShape(task.transforms.test, random.key(0), picture).shape]
  },
  withClassifier: (use) => use((plan) => imageClassifier(task, plan)),
})

const digitModel = <P, S>(task: ImageModel<P, S>, defaults: ModelKind['defaults']): ModelKind => {
  const image = { channels: 1, height: 28, width: 28, lightOnDark: true }
  return {
    defaults,
    image,
    own: mnistDigits,
    folderClasses: 'own',
    trainable: (classes) => trainable(task, image, classes),
  }
}

const colorModel = (name: string, own: OwnData | null, folderClasses: 'any' | number): ModelKind => {
  const image = { channels: 3, height: 48, width: 48, lightOnDark: false }
  return {
    defaults: { epochs: 5, weightDecay: 1e-4 },
    image,
    own,
    folderClasses,
    trainable: (classes) => trainable(imageCnn(name, classes.length), image, classes),
  }
}

const kinds = {
  'mnist-cnn': digitModel(mnistCnn, { epochs: 5, weightDecay: 1e-4 }),
  'mnist-mlp': digitModel(mnistMlp, { epochs: 3, weightDecay: 0 }),
  'signs-cnn': colorModel('signs-cnn', drawnSigns, signClassCount),
  'image-cnn': colorModel('image-cnn', null, 'any'),
} as const
export type ModelName = keyof typeof kinds

export const models: Readonly<Record<ModelName, ModelKind>> = kinds

export const isModelName = (name: string): name is ModelName => Object.hasOwn(models, name)

/** The classes of a model with this configuration; `null` where neither of them names any. */
export const classesOf = (
  name: ModelName,
  { classes }: Pick<TrainConfig, 'classes'>,
): readonly string[] | null => classes ?? models[name].own?.classes ?? null
