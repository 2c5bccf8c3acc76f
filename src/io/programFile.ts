import { readFile } from 'node:fs/promises'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Exported } from '../export/exported.js'
import { importProgram } from '../export/importProgram.js'
import { type IoError, ioSystemError } from '../formats/ioError.js'
import { atomicWrite } from './atomicWrite.js'

/** `saveProgram` of `promises.ts`, as a task. */
export const saveProgram = <A extends readonly unknown[], R>(
  path: string,
  program: Exported<A, R>,
): TE.TaskEither<IoError, void> => atomicWrite(path, program.toBytes())

/** `loadProgram` of `promises.ts`, as a task. */
export const loadProgram = <A extends readonly unknown[] = readonly unknown[], R = unknown>(
  path: string,
): TE.TaskEither<IoError, Exported<A, R>> =>
  pipe(
    TE.tryCatch(
      () => readFile(path),
      (error): IoError => ioSystemError(path, 'read', error, 'Name the file of an exported program.'),
    ),
    TE.chainEitherKW((bytes) => importProgram<A, R>(bytes, path)),
  )
