import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { inOwnFolder, tasks } from 'grad-ts/runs'
import {
  diverged,
  type EpochPlan,
  epochMeans,
  type Failure,
  type FitResult,
  type GradientState,
  stepsPerEpoch,
  type TrainCallback,
} from 'grad-ts/train'
import type { ProgressStream } from '../../progress/progress.js'
import { progressBar } from '../../progress/progressBar.js'
import { imageDataset } from '../data/imageDataset.js'
import type { TrainingData } from '../data/trainingData.js'
import { type ClassifierFigures, evaluate, figuresOf } from '../models/evaluate.js'
import type { ImageClassifier } from '../models/imageClassifier.js'
import { requireUpdates, stepRates } from '../models/learningRate.js'
import { judgedText } from './evaluationReport.js'
import { runFiles, writeRunFiles } from './runFiles.js'
import { TrainConfig } from './trainConfig.js'
import type { TrainingReport } from './trainingReport.js'
import { unmetWishes } from './unmetWishes.js'

/** Where a training writes, and who may stop it. */
export type TrainingContext = {
  /** An existing folder; with `resume`, one that holds a checkpoint. */
  readonly runFolder: string
  readonly resume: boolean
  /** Steps between two checkpoints within an epoch. */
  readonly checkpointEvery: number
  readonly reportPath: string | undefined
  readonly print: (line: string) => void
  readonly progress: ProgressStream
  readonly signal: AbortSignal
  /** Milliseconds, from whenever. */
  readonly now: () => number
  /** Milliseconds since 1970. */
  readonly wallTime: () => number
  /** The command that began it, or went on. */
  readonly command: string
}

/** How a training ended. */
export type Outcome =
  | { readonly _tag: 'Finished'; readonly report: TrainingReport }
  | { readonly _tag: 'Interrupted'; readonly step: number; readonly steps: number }

const grouped = (n: number): string => n.toLocaleString('en-US')

const planOf = (data: TrainingData, config: TrainConfig): EpochPlan => ({
  examples: data.train.count,
  batchSize: config.batchSize,
})

/** A figure of validation after an epoch; `null` where there is none. */
const validated = ({ validation }: FitResult<unknown>['history'], figure: string, epoch: number) =>
  validation[figure]?.[epoch] ?? null

const reportOf = <P, S>(
  { task, parameters }: ImageClassifier<P, S>,
  config: TrainConfig,
  data: TrainingData,
  { history, bestEpoch, trainedExamples, seconds }: FitResult<unknown>,
  test: ClassifierFigures,
): TrainingReport => {
  const { train } = data
  const plan = planOf(data, config)
  return {
    version: 1,
    model: task.name,
    testAccuracy: test.accuracy,
    testLoss: test.loss,
    epochs: config.epochs,
    batchSize: config.batchSize,
    lr: config.lr,
    seed: config.seed,
    backend: config.backend,
    data: data.source,
    parameters,
    trainExamples: train.count,
    testExamples: data.test.count,
    bestEpoch: bestEpoch === null ? null : bestEpoch + 1,
    history: Array.from({ length: Math.floor(history.weights.length / stepsPerEpoch(plan)) }, (_, epoch) => {
      const { loss, accuracy } = epochMeans<ClassifierFigures>(history, plan, epoch).means
      return {
        epoch: epoch + 1,
        trainLoss: loss,
        trainAccuracy: accuracy,
        validationLoss: validated(history, 'loss', epoch),
        validationAccuracy: validated(history, 'accuracy', epoch),
      }
    }),
    timings: {
      secondsPerEpoch: trainedExamples === 0 ? 0 : (seconds * train.count) / trainedExamples,
      examplesPerSecond: seconds === 0 ? 0 : trainedExamples / seconds,
      totalSeconds: seconds,
    },
  }
}

/** Says what is about to be trained, once it is known that it can be. */
const announcement = <P, S>(
  { task, parameters }: ImageClassifier<P, S>,
  config: TrainConfig,
  data: TrainingData,
  { print, resume, runFolder }: TrainingContext,
): TrainCallback<GradientState<P, S>, ClassifierFigures> => ({
  onStart: ({ epochs, stepsPerEpoch, position }) => {
    const { train, validation, test } = data
    const validated = validation === null ? '' : `, ${grouped(validation.count)} validation`
    print(
      `${task.name}: ${grouped(parameters)} parameters, ${grouped(train.count)} training${validated} and ` +
        `${grouped(test.count)} test images, backend ${config.backend}, seed ${config.seed}`,
    )
    print(`data ${data.source}`)
    for (const line of unmetWishes(config, data, epochs * stepsPerEpoch)) print(line)
    print(
      resume
        ? `resuming ${runFolder} after ${grouped(position().history.weights.length)} steps`
        : `run folder ${runFolder}`,
    )
  },
})

/** Trains in a run folder that is this process's own. */
const fitted = <P, S>(
  classifier: ImageClassifier<P, S>,
  config: TrainConfig,
  data: TrainingData,
  rate: (step: number) => number,
  context: TrainingContext,
): TE.TaskEither<Failure, FitResult<GradientState<P, S>>> => {
  const {
    runFolder: folder,
    resume,
    checkpointEvery,
    progress: stream,
    print,
    signal,
    now,
    wallTime,
  } = context
  const { batchSize, epochs, seed, patience } = config
  return tasks.fit(classifier.task, {
    train: imageDataset(data.train),
    ...(data.validation === null ? {} : { validation: imageDataset(data.validation) }),
    batchSize,
    epochs,
    seed,
    patience,
    run: inOwnFolder(folder, {
      resume,
      checkpointEvery,
      config: TrainConfig.encode(config),
      scalars: (step) => ({ learningRate: rate(step) }),
      wallTime,
    }),
    callbacks: [announcement(classifier, config, data, context), progressBar({ stream, print, now })],
    signal,
    now,
  })
}

const train = async <P, S>(
  classifier: ImageClassifier<P, S>,
  config: TrainConfig,
  data: TrainingData,
  context: TrainingContext,
): Promise<E.Either<Failure, Outcome>> => {
  const { print, signal, runFolder, reportPath } = context
  const plan = planOf(data, config)
  const steps = config.epochs * stepsPerEpoch(plan)
  const rate = await stepRates(config, steps)
  const result = await fitted(classifier, config, data, rate, context)()
  if (E.isLeft(result)) return result
  const { state, history, ending } = result.right
  const step = history.weights.length
  const stopped: Outcome = { _tag: 'Interrupted', step, steps }
  if (ending === 'interrupted') return E.right(stopped)
  const evaluated = await evaluate(classifier, state, data.test, signal)
  if (O.isNone(evaluated)) return E.right(stopped)
  const judged = evaluated.value
  const test = figuresOf(data.test, judged)
  if (!Number.isFinite(test.loss))
    return E.left(diverged('test', 'a finite loss is', String(test.loss), tasks.checkpointFolder(runFolder)))
  const report = reportOf(classifier, config, data, result.right, test)
  if (ending === 'stopped' && report.history.length < config.epochs)
    print(`stopped early: epoch ${report.bestEpoch} was the best`)
  print(judgedText(data.test, judged))
  const logged = await tasks.logTest(context, step, test)()
  if (E.isLeft(logged)) return logged
  const written = await writeRunFiles(runFolder, reportPath, {
    classifier,
    state,
    config,
    report,
    history,
    plan,
    test: data.test,
    judged,
    rate,
    command: context.command,
    finished: context.wallTime(),
  })()
  if (E.isLeft(written)) return written
  print(`wrote ${join(runFolder, runFiles.page)} and what it shows, ${runFiles.weights} and the checkpoint`)
  return E.right({ _tag: 'Finished', report })
}

/**
 * Trains a classifier of images, or goes on training; then tests, prints the report and the confusion matrix, and writes
 * the run's files. The same configuration gives the same figures, stopped and resumed or not.
 */
export const trainImages = <P, S>(
  makeClassifier: (steps: number) => ImageClassifier<P, S>,
  loadData: TE.TaskEither<Failure, TrainingData>,
  config: TrainConfig,
  context: TrainingContext,
): TE.TaskEither<Failure, Outcome> =>
  pipe(
    TE.Do,
    TE.apS('data', loadData),
    TE.let('steps', ({ data }) => config.epochs * stepsPerEpoch(planOf(data, config))),
    TE.chainFirstEitherKW(({ steps }) => requireUpdates(config, steps)),
    TE.chainW(
      ({ steps, data }) =>
        () =>
          train(makeClassifier(steps), config, data, context),
    ),
  )
