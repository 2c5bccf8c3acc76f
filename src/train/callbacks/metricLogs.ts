import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, ioSystemError } from '../../formats/ioError.js'
import { goOn, type TrainCallback, type Verdict } from '../callback.js'
import type { Figures } from '../history.js'
import { openCsvLog } from '../logs/csvLog.js'
import { openJsonLinesLog } from '../logs/jsonLinesLog.js'
import type { LogRow, LogTable } from '../logs/logTable.js'
import type { LogWriter } from '../logs/logWriter.js'
import { openTensorBoardLog, type TensorBoardRow } from '../logs/tensorBoardLog.js'

/** Files of figures in a run folder: a row an epoch, a line a step, and both for TensorBoard. */
export const logFiles = { epochs: 'metrics.csv', steps: 'steps.jsonl', tensorBoard: 'tensorboard' } as const

const epochTable: LogTable = {
  key: 'epoch',
  columns: ['trainLoss', 'trainAccuracy', 'validationLoss', 'validationAccuracy'],
}
const stepTable: LogTable = { key: 'step', columns: ['loss'] }

export type LogOptions = {
  readonly folder: string
  /** Steps, and epochs with their figures, that were saved; rows of later ones are dropped. `null`: a new run. */
  readonly resumeAt: { readonly step: number; readonly epoch: number } | null
  readonly stepsPerEpoch: number
  /** The learning rate of a step, counted from 0. */
  readonly rate: (step: number) => number
  /** Milliseconds since 1970. */
  readonly wallTime: () => number
}

type Logs = {
  readonly csv: LogWriter<LogRow>
  readonly json: LogWriter<LogRow>
  readonly board: LogWriter<TensorBoardRow>
}

/** The logs of a run. */
export type MetricLogs<S> = {
  readonly callback: TrainCallback<S, IoError>
  /** Waits until all figures are on the disk: before a checkpoint is saved, so that logs are never behind it. */
  readonly sync: TE.TaskEither<IoError, void>
}

const epochTags = 'epoch/'
const testTags = 'test/'

/** Opens a log; where that fails, those that are open are closed. */
const orClose = <L>(
  open: TE.TaskEither<IoError, L>,
  ...others: readonly { readonly close: TE.TaskEither<IoError, void> }[]
): TE.TaskEither<IoError, L> =>
  pipe(
    open,
    TE.orElse((error) => async () => {
      for (const { close } of others) await close()
      return E.left(error)
    }),
  )

const openLogs = ({
  folder,
  resumeAt,
  stepsPerEpoch,
  wallTime,
}: LogOptions): TE.TaskEither<IoError, Logs> => {
  const board = join(folder, logFiles.tensorBoard)
  const boardAt =
    resumeAt === null
      ? {}
      : {
          // an epoch that is not judged yet has no figures, but it has its last step, which is of the same number
          resumeAt: (tag: string) =>
            tag.startsWith(testTags)
              ? -1 // the end is another one then
              : tag.startsWith(epochTags)
                ? resumeAt.epoch * stepsPerEpoch
                : resumeAt.step,
        }
  return pipe(
    TE.tryCatch(
      () => mkdir(board, { recursive: true }),
      (error): IoError => ioSystemError(board, 'make', error, 'Check the run folder.'),
    ),
    TE.chain(() =>
      openCsvLog({ path: join(folder, logFiles.epochs), table: epochTable, resumeAt: resumeAt?.epoch }),
    ),
    TE.bindTo('csv'),
    TE.bind('json', ({ csv }) =>
      orClose(
        openJsonLinesLog({ path: join(folder, logFiles.steps), table: stepTable, resumeAt: resumeAt?.step }),
        csv,
      ),
    ),
    TE.bind('board', ({ csv, json }) =>
      orClose(openTensorBoardLog({ folder: board, ...boardAt, now: wallTime }), csv, json),
    ),
  )
}

/** One after the other, all of them; the first failure stands. */
const inTurn =
  (tasks: readonly TE.TaskEither<IoError, void>[]): TE.TaskEither<IoError, void> =>
  async () => {
    const done: E.Either<IoError, void>[] = []
    for (const task of tasks) done.push(await task())
    return done.find(E.isLeft) ?? E.right(undefined)
  }

const each = (...tasks: readonly TE.TaskEither<IoError, void>[]): Promise<E.Either<IoError, Verdict>> =>
  pipe(
    inTurn(tasks),
    TE.chainEitherKW(() => goOn),
  )()

/** Writes the figures of each step and epoch as they come. */
export const metricLogs = <S>(options: LogOptions): TE.TaskEither<IoError, MetricLogs<S>> =>
  pipe(
    openLogs(options),
    TE.map(({ csv, json, board }) => {
      const all = [csv, json, board]
      const callback: TrainCallback<S, IoError> = {
        onStep: ({ epoch, doneSteps, stepsPerEpoch, loss, accuracy }) => {
          const step = epoch * stepsPerEpoch + doneSteps
          const scalars = {
            'step/loss': loss,
            'step/accuracy': accuracy,
            'step/learningRate': options.rate(step - 1),
          }
          return each(json.write({ step, loss }), board.write({ step, scalars }))
        },
        onEpochEnd: ({ epoch, stepsPerEpoch, figures, validation }) => {
          const judged: Readonly<Record<string, number>> = O.isSome(validation)
            ? { validationLoss: validation.value.loss, validationAccuracy: validation.value.accuracy }
            : {}
          const row = { trainLoss: figures.loss, trainAccuracy: figures.accuracy, ...judged }
          const scalars = Object.fromEntries(Object.entries(row).map(([name, v]) => [epochTags + name, v]))
          return each(
            csv.write({ epoch: epoch + 1, ...row }),
            board.write({ step: (epoch + 1) * stepsPerEpoch, scalars }),
          )
        },
        onEnd: () => each(...all.map((log) => log.close)),
      }
      return { callback, sync: inTurn(all.map((log) => log.sync)) }
    }),
  )

/** Adds the figures of the test, after so many steps, to TensorBoard's log of a run that is over. */
export const logTest = (
  { runFolder, wallTime }: { readonly runFolder: string; readonly wallTime: () => number },
  step: number,
  { loss, accuracy }: Omit<Figures, 'examples'>,
): TE.TaskEither<IoError, void> =>
  pipe(
    openTensorBoardLog({
      folder: join(runFolder, logFiles.tensorBoard),
      resumeAt: (tag) => (tag.startsWith(testTags) ? -1 : Number.POSITIVE_INFINITY),
      now: wallTime,
    }),
    TE.chain(({ write, close }) =>
      inTurn([
        write({ step, scalars: { [`${testTags}loss`]: loss, [`${testTags}accuracy`]: accuracy } }),
        close,
      ]),
    ),
  )
