import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { firstImages } from '../data/imageSet.js'
import { loadMnist, type Mnist } from '../data/mnist.js'
import { mnistScale } from '../data/pixels.js'
import type { IoError } from '../io/ioError.js'
import { classificationReport } from './classificationReport.js'
import { accuracy, confusionMatrix, printConfusionMatrix } from './confusionMatrix.js'
import { evaluate } from './evaluate.js'
import type { Failure } from './failure.js'
import { type FitEvents, type FitResult, fit, type Position } from './fit.js'
import { type EpochPlan, emptyHistory, epochFigures, stepsPerEpoch } from './history.js'
import type { Judged, Learner } from './learner.js'
import { openProgress, type Progress, type ProgressStream, showFigures } from './progress.js'
import { runFiles, writeRunFiles } from './runFiles.js'
import type { TrainConfig } from './trainConfig.js'
import { loadPosition, savePosition } from './trainingCheckpoint.js'
import type { TrainingReport } from './trainingReport.js'

/** Where a training writes, and who may stop it. */
export type TrainingContext = {
  /** An existing folder; with `resume`, one that holds a checkpoint. */
  readonly runFolder: string
  readonly resume: boolean
  /** Steps between two checkpoints within an epoch. */
  readonly checkpointEvery: number
  readonly dataFolder: string | undefined
  readonly reportPath: string | undefined
  readonly print: (line: string) => void
  readonly progress: ProgressStream
  readonly signal: AbortSignal
  readonly now: () => number
}

/** How a training ended. */
export type Outcome =
  | { readonly _tag: 'Finished'; readonly report: TrainingReport }
  | { readonly _tag: 'Interrupted'; readonly step: number; readonly steps: number }

const testBatchSize = 256
const grouped = (n: number): string => n.toLocaleString('en-US')

/** Draws a bar for each epoch, prints a line after it, and saves. */
const eventsOf = <S>(
  learner: Learner<S>,
  config: TrainConfig,
  plan: EpochPlan,
  context: TrainingContext,
): FitEvents<S, IoError> => {
  const { print, progress: stream, now, runFolder } = context
  const totalSteps = stepsPerEpoch(plan)
  let bar: O.Option<Progress> = O.none
  const closeBar = (): void => {
    if (O.isSome(bar)) bar.value.finish()
    bar = O.none
  }
  return {
    onEpochStart: (epoch, doneSteps) => {
      const label = `epoch ${epoch + 1}/${config.epochs}`
      const doneExamples = Math.min(doneSteps * plan.batchSize, plan.examples)
      bar = O.some(openProgress({ stream, label, totalSteps, doneSteps, doneExamples, now }))
    },
    onStep: (doneSteps, figures) => {
      if (O.isSome(bar)) bar.value.update(doneSteps, figures)
    },
    onEpochEnd: (epoch, figures, seconds) => {
      closeBar()
      print(`epoch ${epoch + 1}/${config.epochs}  ${showFigures(figures)}  ${seconds.toFixed(1)} s`)
    },
    onInterrupt: closeBar,
    save: async (position) => {
      const epoch = Math.floor(position.history.loss.length / totalSteps)
      const saved = await savePosition(runFolder, learner, config, position, epoch)()
      if (E.isLeft(saved)) closeBar()
      return saved
    },
  }
}

const reportOf = <S>(
  learner: Learner<S>,
  config: TrainConfig,
  { train, test }: Mnist,
  { position, trainedExamples, seconds }: FitResult<S>,
  judged: Judged,
): TrainingReport => {
  const plan = { examples: train.count, batchSize: config.batchSize }
  return {
    version: 1,
    model: learner.model,
    testAccuracy: accuracy(confusionMatrix(test.labels, judged.predicted, test.classes.length)),
    testLoss: judged.loss,
    epochs: config.epochs,
    batchSize: config.batchSize,
    lr: config.lr,
    seed: config.seed,
    backend: config.backend,
    parameters: learner.parameters,
    trainExamples: train.count,
    testExamples: test.count,
    history: Array.from({ length: config.epochs }, (_, epoch) => {
      const { loss, accuracy: trainAccuracy } = epochFigures(position.history, plan, epoch)
      return { epoch: epoch + 1, trainLoss: loss, trainAccuracy }
    }),
    timings: {
      secondsPerEpoch: trainedExamples === 0 ? 0 : (seconds * train.count) / trainedExamples,
      examplesPerSecond: seconds === 0 ? 0 : trainedExamples / seconds,
      totalSeconds: seconds,
    },
  }
}

const train = async <S>(
  learner: Learner<S>,
  config: TrainConfig,
  mnist: Mnist,
  start: Position<S>,
  context: TrainingContext,
): Promise<E.Either<Failure, Outcome>> => {
  const { print, signal, now, runFolder, reportPath } = context
  const plan = { examples: mnist.train.count, batchSize: config.batchSize }
  const steps = config.epochs * stepsPerEpoch(plan)
  const events = eventsOf(learner, config, plan, context)
  const common = { scale: mnistScale, signal }
  const fitted = await fit(learner, {
    ...common,
    set: mnist.train,
    batchSize: config.batchSize,
    epochs: config.epochs,
    start,
    saveEvery: context.checkpointEvery,
    now,
    events,
  })
  if (E.isLeft(fitted)) return fitted
  const { position, interrupted } = fitted.right
  const stopped: Outcome = { _tag: 'Interrupted', step: position.history.loss.length, steps }
  if (interrupted) return E.right(stopped)
  const evaluated = await evaluate(learner, position.state, {
    ...common,
    set: mnist.test,
    batchSize: testBatchSize,
  })
  if (O.isNone(evaluated)) return E.right(stopped)
  const judged = evaluated.value
  const report = reportOf(learner, config, mnist, fitted.right, judged)
  const names = mnist.test.classes
  const matrix = confusionMatrix(mnist.test.labels, judged.predicted, names.length)
  print(`test  ${showFigures({ loss: report.testLoss, accuracy: report.testAccuracy })}`)
  print(`\n${classificationReport(matrix, names)}`)
  print(`${printConfusionMatrix(matrix, names)}\n`)
  const { history } = position
  const written = await writeRunFiles(runFolder, reportPath, {
    report,
    history,
    plan,
    testDigits: mnist.test,
    judged,
  })()
  if (E.isLeft(written)) return written
  print(`wrote ${Object.values(runFiles).join(', ')} and checkpoint to ${runFolder}`)
  return E.right({ _tag: 'Finished', report })
}

/**
 * Trains on MNIST, or goes on training; then tests, prints the report and the confusion matrix, and writes the run's
 * files. The same configuration gives the same figures, stopped and resumed or not.
 */
export const trainDigits = <S>(
  makeLearner: (config: TrainConfig) => TE.TaskEither<Failure, Learner<S>>,
  config: TrainConfig,
  context: TrainingContext,
): TE.TaskEither<Failure, Outcome> =>
  pipe(
    TE.Do,
    TE.apS('learner', makeLearner(config)),
    TE.bindW('start', ({ learner }) =>
      context.resume
        ? loadPosition(context.runFolder, learner)
        : TE.right({ state: learner.init, history: emptyHistory }),
    ),
    TE.bindW('mnist', () =>
      pipe(
        loadMnist(context.dataFolder),
        TE.map((all) => ({
          train: firstImages(all.train, config.limit ?? undefined),
          test: firstImages(all.test, config.testLimit ?? undefined),
        })),
      ),
    ),
    TE.chainW(({ learner, start, mnist }) => async () => {
      const { print, runFolder } = context
      print(
        `${learner.model}: ${grouped(learner.parameters)} parameters, ${grouped(mnist.train.count)} training and ` +
          `${grouped(mnist.test.count)} test digits, backend ${config.backend}, seed ${config.seed}`,
      )
      print(
        context.resume
          ? `resuming ${runFolder} after ${grouped(start.history.loss.length)} steps`
          : `run folder ${runFolder}`,
      )
      return train(learner, config, mnist, start, context)
    }),
  )
