import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { IoError, IoFormatError } from '../../formats/ioError.js'
import { pngHeader } from '../../formats/pngHeader.js'
import { concatBytes } from '../../formats/protobuf.js'
import {
  decodeEvent,
  type EventValue,
  encodeEvent,
  eventFileVersion,
  type TensorBoardEvent,
} from '../../formats/tensorBoardEvent.js'
import { decodeTfRecords, encodeTfRecord } from '../../formats/tfRecord.js'
import { openAppendFile } from '../../io/appendFile.js'
import type { LogRow } from './logTable.js'
import { type LogWriter, mapRow } from './logWriter.js'

/** Numbers and pictures (the bytes of PNG files) of a step, by tags like `loss/train`. */
export type TensorBoardRow = {
  readonly step: number
  readonly scalars?: Readonly<Record<string, number>>
  readonly images?: Readonly<Record<string, Uint8Array>>
}

export type TensorBoardPlace = {
  /** An existing folder; `tensorboard --logdir` of it, or of one above, shows the log. */
  readonly folder: string
  /**
   * The step at which the run resumes, or that of each tag, where some are behind others: events of later steps are dropped. For a
   * new run, all events are.
   */
  readonly resumeAt?: number | ((tag: string) => number)
  /** Milliseconds since 1970: the time that events are shown to be of. */
  readonly now: () => number
}

/** TensorBoard takes every file for a log whose name has `tfevents` in it. */
export const tensorBoardFile = 'events.out.tfevents.grad-ts'

const kept = (
  path: string,
  resumeAt: number | ((tag: string) => number),
  old: Uint8Array,
): E.Either<IoFormatError, readonly Uint8Array[]> => {
  const lastStep = typeof resumeAt === 'number' ? () => resumeAt : resumeAt
  const stays = (event: TensorBoardEvent): boolean => {
    if (event._tag === 'FileVersion') return true
    const tags = event.values.length === 0 ? [''] : event.values.map(({ tag }) => tag) // an event may be empty
    return tags.every((tag) => event.step <= lastStep(tag))
  }
  return pipe(
    decodeTfRecords(path, old),
    E.chain(({ records }) =>
      pipe(
        records,
        E.traverseArray(({ data, bytes }) =>
          pipe(
            decodeEvent(path, data),
            E.map((event) => ({ bytes, isKept: stays(event) })),
          ),
        ),
      ),
    ),
    E.map((records) => records.filter(({ isKept }) => isKept).map(({ bytes }) => bytes)),
  )
}

const imageValue = (tag: string, file: Uint8Array): EventValue => ({
  _tag: 'Image',
  tag,
  ...pngHeader(file),
  file,
})

/**
 * A log that TensorBoard reads, while it grows too: one event a row. An event that a crash cut off is dropped when the run
 * resumes. `write` throws a GradError for a picture that is no PNG.
 */
export const openTensorBoardLog = ({
  folder,
  resumeAt,
  now,
}: TensorBoardPlace): TE.TaskEither<IoError, LogWriter<TensorBoardRow>> => {
  const path = join(folder, tensorBoardFile)
  const head = (): Uint8Array =>
    encodeTfRecord(
      encodeEvent({ _tag: 'FileVersion', wallTime: now() / 1000, step: 0, version: eventFileVersion }),
    )
  return pipe(
    openAppendFile(path, (old) =>
      old === undefined || resumeAt === undefined
        ? E.right(head())
        : pipe(
            kept(path, resumeAt, old),
            E.map((records) => (records.length === 0 ? head() : concatBytes(records))),
          ),
    ),
    TE.map(({ append, sync, close }) => ({
      write: ({ step, scalars = {}, images = {} }) => {
        const values: readonly EventValue[] = [
          ...Object.entries(scalars).map(([tag, value]): EventValue => ({ _tag: 'Scalar', tag, value })),
          ...Object.entries(images).map(([tag, file]) => imageValue(tag, file)),
        ]
        return append(encodeTfRecord(encodeEvent({ _tag: 'Values', wallTime: now() / 1000, step, values })))
      },
      sync,
      close,
    })),
  )
}

/** The same rows as those of a table: its numbers become scalars of the step that `key` says. */
export const tableOnTensorBoard = (log: LogWriter<TensorBoardRow>, key: string): LogWriter<LogRow> =>
  mapRow(log, (row) => ({
    step: Number(row[key]),
    scalars: Object.fromEntries(
      Object.entries(row).flatMap(([name, value]) =>
        name !== key && typeof value === 'number' ? [[name, value] as const] : [],
      ),
    ),
  }))
