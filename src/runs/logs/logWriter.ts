import { pipe } from 'fp-ts/lib/function.js'
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { IoError } from '../../formats/ioError.js'

/** Where rows of a log go. Each row is written at once and as a whole; a failed one leaves the log as it was. */
export type LogWriter<R> = {
  readonly write: (row: R) => TE.TaskEither<IoError, void>
  /** Waits until all rows are on the disk. Call it before a checkpoint is saved: the log is then never behind it. */
  readonly sync: TE.TaskEither<IoError, void>
  readonly close: TE.TaskEither<IoError, void>
}

/** The first task, then the second, also where the first failed; the first failure stands. */
const both = (first: TE.TaskEither<IoError, void>, second: TE.TaskEither<IoError, void>) =>
  pipe(
    first,
    (run): TE.TaskEither<IoError, void> =>
      async () => {
        const [a, b] = [await run(), await second()]
        return a._tag === 'Left' ? a : b
      },
  )

/**
 * Several logs as one: rows go to the first, then to the second, also where the first fails; the first failure is
 * handed back. `empty` takes rows and keeps nothing.
 */
export const logMonoid = <R>(): Monoid<LogWriter<R>> => ({
  empty: { write: () => TE.right(undefined), sync: TE.right(undefined), close: TE.right(undefined) },
  concat: (first, second) => ({
    write: (row) => both(first.write(row), second.write(row)),
    sync: both(first.sync, second.sync),
    close: both(first.close, second.close),
  }),
})

/** A log of `Q`, by the row that `select` makes of each. */
export const mapRow = <Q, R>(log: LogWriter<R>, select: (row: Q) => R): LogWriter<Q> => ({
  ...log,
  write: (row) => log.write(select(row)),
})
