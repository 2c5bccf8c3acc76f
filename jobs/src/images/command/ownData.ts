import type * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../../cli/failure.js'
import { digitClasses } from '../data/digits.js'
import { firstImages, type ImageSet } from '../data/imageSet.js'
import { loadMnistTest } from '../data/mnist.js'
import { signKinds } from '../data/signKinds.js'
import { signsSource, syntheticSigns } from '../data/signsData.js'
import {
  type DataLimits,
  mnistData,
  mnistSource,
  type TrainingData,
  trainingDataOf,
} from '../data/trainingData.js'

/** Images to be tested on, and where they are from, in words. */
export type TestData = { readonly set: ImageSet; readonly source: string }

/** The data that a model learns from where no others are named. */
export type OwnData = {
  readonly classes: readonly string[]
  readonly training: (limits: DataLimits) => TE.TaskEither<Failure, TrainingData>
  /** The first `limit` images to be tested on, or all. */
  readonly test: (limit: number | undefined) => TE.TaskEither<Failure, TestData>
}

/** The digits of the package. */
export const mnistDigits: OwnData = {
  classes: digitClasses,
  training: (limits) => mnistData(undefined, limits),
  test: (limit) =>
    pipe(
      loadMnistTest(),
      TE.map((set) => ({ set: firstImages(set, limit), source: mnistSource(undefined) })),
    ),
}

/** Synthetic traffic signs. */
export const drawnSigns: OwnData = {
  classes: signKinds.map(({ name }) => name),
  training: (limits) =>
    pipe(
      TE.fromIO(
        (): Omit<TrainingData, 'validation'> => ({
          train: syntheticSigns('train', limits.limit),
          test: syntheticSigns('test', limits.testLimit),
          source: signsSource,
        }),
      ),
      TE.chainEitherK((drawn): E.Either<Failure, TrainingData> => trainingDataOf(drawn, limits)),
    ),
  test: (limit) => TE.fromIO(() => ({ set: syntheticSigns('test', limit ?? null), source: signsSource })),
}
