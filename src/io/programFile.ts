import { readFile } from 'node:fs/promises'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Exported } from '../export/exported.js'
import { importProgram } from '../export/importProgram.js'
import { atomicWrite } from './atomicWrite.js'
import { type IoError, ioSystemError } from './ioError.js'

/**
 * Writes an exported program to a file, as a whole or not at all.
 * @example
 * ```ts
 * import { np, type Tensor } from 'grad-ts'
 * import { exportProgram } from 'grad-ts/export'
 * import { loadProgram, saveProgram } from 'grad-ts/io'
 * import { mkdtemp, rm } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 *
 * const folder = await mkdtemp(join(tmpdir(), 'program-'))
 * const path = join(folder, 'double.safetensors')
 * await saveProgram(path, exportProgram((x: Tensor) => x.mul(2), np.zeros([2])))()
 * const loaded = await loadProgram<[Tensor], Tensor>(path)()
 * if (loaded._tag === 'Left') throw new Error(loaded.left.message)
 * loaded.right.call(np.array([1, 2])) // => [2, 4]
 * await rm(folder, { recursive: true })
 * ```
 */
export const saveProgram = <A extends readonly unknown[], R>(
  path: string,
  program: Exported<A, R>,
): TE.TaskEither<IoError, void> => atomicWrite(path, program.toBytes())

/** Reads a program from a file; the types are the caller's claim, checked at each call. Every fault is a value. */
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
