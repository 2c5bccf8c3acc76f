import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { concatAll } from 'fp-ts/lib/Monoid.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { IoError } from '../../../../src/formats/ioError.js'
import { loadWeights, saveWeights } from '../../../../src/io/weightsFile.js'
import { callbackMonoid, type Position, type TrainCallback } from '../../../../src/train/callback.js'
import { checkpointing } from '../../../../src/train/callbacks/checkpointing.js'
import { bestEpoch, earlyStopping } from '../../../../src/train/callbacks/earlyStopping.js'
import { finiteLoss } from '../../../../src/train/callbacks/finiteLoss.js'
import { logTest, metricLogs } from '../../../../src/train/callbacks/metricLogs.js'
import { diverged, type Failure } from '../../../../src/train/failure.js'
import { type FitResult, fit } from '../../../../src/train/fit.js'
import {
  type EpochPlan,
  emptyHistory,
  epochFigures,
  type Figures,
  stepsPerEpoch,
} from '../../../../src/train/history.js'
import type { Learner } from '../../../../src/train/learner.js'
import { checkpointFolder, loadPosition, savePosition } from '../../../../src/train/trainingCheckpoint.js'
import type { ProgressStream } from '../../progress/progress.js'
import { progressBar } from '../../progress/progressBar.js'
import type { TrainingData } from '../data/trainingData.js'
import { evaluate, figuresOf, testBatchSize } from '../models/evaluate.js'
import { requireUpdates, stepRates } from '../models/learningRate.js'
import { judgedText } from './judgedText.js'
import { runFiles } from './runFileNames.js'
import { writeRunFiles } from './runFiles.js'
import type { TrainConfig } from './trainConfig.js'
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
  /** What was typed to begin or go on. */
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

/** The weights of the best epoch of a run that is validated. */
const bestPath = (runFolder: string): string => join(runFolder, runFiles.best)

/** All that happens beside a training; checkpoints last, so that nothing is behind them. */
const callbacksOf = <S>(
  learner: Learner<S>,
  config: TrainConfig,
  data: TrainingData,
  { history }: Position<S>,
  rate: (step: number) => number,
  context: TrainingContext,
): TE.TaskEither<Failure, TrainCallback<S, Failure>> => {
  const { runFolder, resume, checkpointEvery, progress: stream, print, now, wallTime } = context
  const plan = planOf(data, config)
  const perEpoch = stepsPerEpoch(plan)
  const step = history.loss.length
  // with validation, an epoch has figures once it was judged
  const epoch = data.validation === null ? Math.floor(step / perEpoch) : history.validationLoss.length
  const resumeAt = resume ? { step, epoch } : null
  return pipe(
    metricLogs<S>({ folder: runFolder, resumeAt, stepsPerEpoch: perEpoch, rate, wallTime }),
    TE.map((logs) =>
      concatAll(callbackMonoid<S, Failure>())([
        finiteLoss(checkpointFolder(runFolder)),
        progressBar({ epochs: config.epochs, plan, stream, print, now }),
        logs.callback,
        earlyStopping(config.patience, (state) =>
          saveWeights(bestPath(runFolder), learner.variables(state))(),
        ),
        checkpointing(
          checkpointEvery,
          async (position, epoch): Promise<E.Either<Failure, void>> =>
            pipe(
              logs.sync,
              TE.chainW(() => savePosition(runFolder, learner, config, position, epoch)),
            )(),
        ),
      ]),
    ),
  )
}

const reportOf = <S>(
  learner: Learner<S>,
  config: TrainConfig,
  data: TrainingData,
  { position, trainedExamples, seconds }: FitResult<S>,
  test: Figures,
): TrainingReport => {
  const { train } = data
  const { history } = position
  const plan = planOf(data, config)
  const best = bestEpoch(history.validationLoss)
  return {
    version: 1,
    model: learner.model,
    testAccuracy: test.accuracy,
    testLoss: test.loss,
    epochs: config.epochs,
    batchSize: config.batchSize,
    lr: config.lr,
    seed: config.seed,
    backend: config.backend,
    data: data.source,
    parameters: learner.parameters,
    trainExamples: train.count,
    testExamples: data.test.count,
    bestEpoch: best < 0 ? null : best + 1,
    history: Array.from({ length: Math.floor(history.loss.length / stepsPerEpoch(plan)) }, (_, epoch) => {
      const { loss, accuracy } = epochFigures(history, plan, epoch)
      return {
        epoch: epoch + 1,
        trainLoss: loss,
        trainAccuracy: accuracy,
        validationLoss: history.validationLoss[epoch] ?? null,
        validationAccuracy: history.validationAccuracy[epoch] ?? null,
      }
    }),
    timings: {
      secondsPerEpoch: trainedExamples === 0 ? 0 : (seconds * train.count) / trainedExamples,
      examplesPerSecond: seconds === 0 ? 0 : trainedExamples / seconds,
      totalSeconds: seconds,
    },
  }
}

/** What a run is judged with: the last state, or that of the epoch that was best in validation. */
const judgedState = <S>(
  learner: Learner<S>,
  { state, history }: Position<S>,
  runFolder: string,
): TE.TaskEither<IoError, S> =>
  bestEpoch(history.validationLoss) < 0
    ? TE.right(state)
    : pipe(
        loadWeights(bestPath(runFolder), learner.variables(state)),
        TE.map((best) => learner.withVariables(state, best)),
      )

const train = async <S>(
  learner: Learner<S>,
  config: TrainConfig,
  data: TrainingData,
  start: Position<S>,
  context: TrainingContext,
): Promise<E.Either<Failure, Outcome>> => {
  const { print, signal, now, runFolder, reportPath } = context
  const plan = planOf(data, config)
  const steps = config.epochs * stepsPerEpoch(plan)
  const rate = await stepRates(config, steps)
  const callback = await callbacksOf(learner, config, data, start, rate, context)()
  if (E.isLeft(callback)) return callback
  const { validation } = data
  const judging = { batchSize: testBatchSize, signal }
  const fitted = await fit(learner, {
    set: data.train,
    batchSize: config.batchSize,
    epochs: config.epochs,
    start,
    ...(validation === null
      ? {}
      : {
          validate: async (state: S) =>
            pipe(
              await evaluate(learner, state, { set: validation, ...judging }),
              O.map((judged) => figuresOf(validation, judged)),
            ),
        }),
    signal,
    now,
    callback: callback.right,
  })
  if (E.isLeft(fitted)) return fitted
  const { position, ending } = fitted.right
  const stopped: Outcome = { _tag: 'Interrupted', step: position.history.loss.length, steps }
  if (ending === 'interrupted') return E.right(stopped)
  const best = await judgedState(learner, position, runFolder)()
  if (E.isLeft(best)) return best
  const evaluated = await evaluate(learner, best.right, { set: data.test, ...judging })
  if (O.isNone(evaluated)) return E.right(stopped)
  const judged = evaluated.value
  const test = figuresOf(data.test, judged)
  if (!Number.isFinite(test.loss))
    return E.left(diverged('test', 'a finite loss is', String(test.loss), checkpointFolder(runFolder)))
  const report = reportOf(learner, config, data, fitted.right, test)
  if (ending === 'stopped' && report.history.length < config.epochs)
    print(`stopped early: epoch ${report.bestEpoch} was the best`)
  print(judgedText(data.test, judged))
  const logged = await logTest(context, position.history.loss.length, test)()
  if (E.isLeft(logged)) return logged
  const written = await writeRunFiles(runFolder, reportPath, {
    learner,
    state: best.right,
    config,
    report,
    history: position.history,
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
export const trainImages = <S>(
  makeLearner: (steps: number) => Learner<S>,
  loadData: TE.TaskEither<Failure, TrainingData>,
  config: TrainConfig,
  context: TrainingContext,
): TE.TaskEither<Failure, Outcome> =>
  pipe(
    TE.Do,
    TE.apS('data', loadData),
    TE.let('steps', ({ data }) => config.epochs * stepsPerEpoch(planOf(data, config))),
    TE.chainFirstEitherKW(({ steps }) => requireUpdates(config, steps)),
    TE.let('learner', ({ steps }) => makeLearner(steps)),
    TE.bindW('start', ({ learner }) =>
      context.resume
        ? loadPosition(context.runFolder, learner)
        : TE.right({ state: learner.init, history: emptyHistory }),
    ),
    TE.chainW(({ learner, start, data, steps }) => async () => {
      const { print, runFolder } = context
      const validated = data.validation === null ? '' : `, ${grouped(data.validation.count)} validation`
      print(
        `${learner.model}: ${grouped(learner.parameters)} parameters, ${grouped(data.train.count)} training${validated} and ` +
          `${grouped(data.test.count)} test images, backend ${config.backend}, seed ${config.seed}`,
      )
      print(`data ${data.source}`)
      for (const line of unmetWishes(config, data, steps)) print(line)
      print(
        context.resume
          ? `resuming ${runFolder} after ${grouped(start.history.loss.length)} steps`
          : `run folder ${runFolder}`,
      )
      return train(learner, config, data, start, context)
    }),
  )
