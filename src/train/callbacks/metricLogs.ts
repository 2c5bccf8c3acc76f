import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, ioSystemError } from '../../io/ioError.js'
import { goOn, type TrainCallback, type Verdict } from '../callback.js'
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
  /** Steps and epochs that were saved; rows of later ones are dropped. `null`: a new run. */
  readonly resumeAt: { readonly step: number; readonly epoch: number } | null
  /** Milliseconds since 1970. */
  readonly wallTime: () => number
}

type Logs = {
  readonly csv: LogWriter<LogRow>
  readonly json: LogWriter<LogRow>
  readonly board: LogWriter<TensorBoardRow>
}

const openLogs = ({ folder, resumeAt, wallTime }: LogOptions): TE.TaskEither<IoError, Logs> => {
  const board = join(folder, logFiles.tensorBoard)
  return pipe(
    TE.tryCatch(
      () => mkdir(board, { recursive: true }),
      (error): IoError => ioSystemError(board, 'make', error, 'Check the run folder.'),
    ),
    TE.chain(() =>
      pipe(
        TE.Do,
        TE.apS(
          'csv',
          openCsvLog({ path: join(folder, logFiles.epochs), table: epochTable, resumeAt: resumeAt?.epoch }),
        ),
        TE.apS(
          'json',
          openJsonLinesLog({
            path: join(folder, logFiles.steps),
            table: stepTable,
            resumeAt: resumeAt?.step,
          }),
        ),
        TE.apS('board', openTensorBoardLog({ folder: board, resumeAt: resumeAt?.step, now: wallTime })),
      ),
    ),
  )
}

/** One after the other, all of them; the first failure stands. */
const each = async (tasks: readonly TE.TaskEither<IoError, void>[]): Promise<E.Either<IoError, Verdict>> => {
  const done: E.Either<IoError, void>[] = []
  for (const task of tasks) done.push(await task())
  return done.find(E.isLeft) ?? goOn
}

/** Writes the figures of each step and epoch as they come; at an epoch's end all are on the disk before what comes after. */
export const metricLogs = <S>(options: LogOptions): TE.TaskEither<IoError, TrainCallback<S, IoError>> =>
  pipe(
    openLogs(options),
    TE.map(({ csv, json, board }) => {
      const all = [csv, json, board]
      const sync = all.map((log) => log.sync)
      return {
        onStep: ({ epoch, doneSteps, stepsPerEpoch, loss }) => {
          const step = epoch * stepsPerEpoch + doneSteps
          return each([json.write({ step, loss }), board.write({ step, scalars: { 'step/loss': loss } })])
        },
        onEpochEnd: ({ epoch, stepsPerEpoch, figures, validation }) => {
          const judged: Readonly<Record<string, number>> = O.isSome(validation)
            ? { validationLoss: validation.value.loss, validationAccuracy: validation.value.accuracy }
            : {}
          const row = { trainLoss: figures.loss, trainAccuracy: figures.accuracy, ...judged }
          const scalars = Object.fromEntries(Object.entries(row).map(([name, v]) => [`epoch/${name}`, v]))
          return each([
            csv.write({ epoch: epoch + 1, ...row }),
            board.write({ step: (epoch + 1) * stepsPerEpoch, scalars }),
            ...sync,
          ])
        },
        onInterrupt: () => each(sync),
        onEnd: () => each(all.map((log) => log.close)),
      }
    }),
  )
