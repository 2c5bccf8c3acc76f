import { readFile } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { codecs, type IoError, ioFormatError, ioSystemError } from 'grad-ts/io'
import { parseReport, type TrainingReport } from '../run/trainingReport.js'

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** The report of a training, where it has one. */
export const readReport = (path: string): TE.TaskEither<IoError, O.Option<TrainingReport>> =>
  pipe(
    TE.tryCatch(
      () =>
        readFile(path, 'utf8').then(O.some, (error: unknown) => {
          if (isMissing(error)) return O.none
          throw error
        }),
      (error): IoError => ioSystemError(path, 'read', error, 'Check that it may be read.'),
    ),
    TE.chainEitherK(
      O.traverse(E.Applicative)((text: string) =>
        pipe(
          parseReport(text),
          E.mapLeft((errors): IoError => {
            const problem = codecs.firstProblem(errors)
            return ioFormatError(
              path,
              codecs.problemRequirement(problem),
              problem.got,
              'Remove it to take the run as not finished.',
            )
          }),
        ),
      ),
    ),
  )
