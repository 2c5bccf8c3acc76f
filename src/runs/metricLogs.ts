import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, ioSystemError } from '../formats/ioError.js'
import { goOn, type TrainCallback, type Verdict } from '../train/callback.js'
import type { Figures } from '../train/task.js'
import { openCsvLog } from './logs/csvLog.js'
import { openJsonLinesLog } from './logs/jsonLinesLog.js'
import type { LogRow, LogTable } from './logs/logTable.js'
import type { LogWriter } from './logs/logWriter.js'
import { openTensorBoardLog, type TensorBoardRow } from './logs/tensorBoardLog.js'

/** Files of figures in a run folder: a row an epoch, a line a step, and both for TensorBoard. */
export const logFiles = { epochs: 'metrics.csv', steps: 'steps.jsonl', tensorBoard: 'tensorboard' } as const

const stepTable: LogTable = { key: 'step', columns: ['loss'] }

export type LogOptions = {
  readonly folder: string
  /** Steps, and epochs with their figures, that were saved; rows of later ones are dropped. `null`: a new run. */
  readonly resumeAt: { readonly step: number; readonly epoch: number } | null
  readonly stepsPerEpoch: number
  /** Numbers of a step for TensorBoard beside its figures, such as the learning rate; steps are counted from 0. */
  readonly scalars: (step: number) => Readonly<Record<string, number>>
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
  readonly callback: TrainCallback<S>
  /** Waits until all figures are on the disk: before a checkpoint is saved, so that logs are never behind it. */
  readonly sync: TE.TaskEither<IoError, void>
}

const epochKey = 'epoch'

const stepTags = 'step/'
const epochTags = 'epoch/'
const testTags = 'test/'

/** A log that is opened with its first row, which says what columns there are. */
const openedLater = <R>(open: (first: R) => TE.TaskEither<IoError, LogWriter<R>>): LogWriter<R> => {
  let log: LogWriter<R> | null = null
  return {
    write: (row) =>
      pipe(
        TE.fromIO(() => log),
        TE.chain((opened) => (opened === null ? open(row) : TE.right(opened))),
        TE.chainFirstIOK((opened) => () => {
          log = opened
        }),
        TE.chain((opened) => opened.write(row)),
      ),
    sync: async () => (log === null ? E.right(undefined) : log.sync()),
    close: async () => (log === null ? E.right(undefined) : log.close()),
  }
}

/** Opens a log; where that fails, the one that is open is closed. */
const orClose = <L>(
  open: TE.TaskEither<IoError, L>,
  other: { readonly close: TE.TaskEither<IoError, void> },
): TE.TaskEither<IoError, L> =>
  pipe(
    open,
    TE.orElse((error) => async () => {
      await other.close()
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
      openJsonLinesLog({ path: join(folder, logFiles.steps), table: stepTable, resumeAt: resumeAt?.step }),
    ),
    TE.bindTo('json'),
    TE.bind('board', ({ json }) =>
      orClose(openTensorBoardLog({ folder: board, ...boardAt, now: wallTime }), json),
    ),
    TE.let('csv', () =>
      openedLater((row: LogRow) =>
        openCsvLog({
          path: join(folder, logFiles.epochs),
          table: { key: epochKey, columns: Object.keys(row).filter((name) => name !== epochKey) },
          resumeAt: resumeAt?.epoch,
        }),
      ),
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

const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

/** `{ loss: 1 }` → `{ trainLoss: 1 }` */
const prefixed = (prefix: string, figures: object): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [prefix + capitalized(name), value]))

const tagged = (tags: string, figures: object): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [tags + name, value]))

/** Writes the figures of each step and epoch as they come. */
export const metricLogs = <S>(options: LogOptions): TE.TaskEither<IoError, MetricLogs<S>> =>
  pipe(
    openLogs(options),
    TE.map(({ csv, json, board }) => {
      const all = [csv, json, board]
      const callback: TrainCallback<S> = {
        onStep: ({ epoch, doneSteps, stepsPerEpoch, figures }) => {
          const step = epoch * stepsPerEpoch + doneSteps
          const scalars = tagged(stepTags, { ...figures, ...options.scalars(step - 1) })
          return each(json.write({ step, loss: figures.loss }), board.write({ step, scalars }))
        },
        onEpochEnd: ({ epoch, stepsPerEpoch, means, validation }) => {
          const row = { ...prefixed('train', means), ...prefixed('validation', validation ?? {}) }
          return each(
            csv.write({ [epochKey]: epoch + 1, ...row }),
            board.write({ step: (epoch + 1) * stepsPerEpoch, scalars: tagged(epochTags, row) }),
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
  figures: Figures,
): TE.TaskEither<IoError, void> =>
  pipe(
    openTensorBoardLog({
      folder: join(runFolder, logFiles.tensorBoard),
      resumeAt: (tag) => (tag.startsWith(testTags) ? -1 : Number.POSITIVE_INFINITY),
      now: wallTime,
    }),
    TE.chain(({ write, close }) => inTurn([write({ step, scalars: tagged(testTags, figures) }), close])),
  )
