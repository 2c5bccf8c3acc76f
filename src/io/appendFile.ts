import { open, readFile } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, type IoFormatError, ioSystemError } from '../formats/ioError.js'
import { atomicWrite } from './atomicWrite.js'

/** A file that grows piece by piece. */
export type AppendFile = {
  /** Adds all of `piece`, or nothing where the system refuses; pieces are added in the order of the calls. */
  readonly append: (piece: Uint8Array) => TE.TaskEither<IoError, void>
  /** Waits until everything is on the disk, not only in the system's buffers. */
  readonly sync: TE.TaskEither<IoError, void>
  readonly close: TE.TaskEither<IoError, void>
}

/** The methods of an open file that appending needs. @internal */
export type GrowingHandle = {
  readonly writeFile: (piece: Uint8Array) => Promise<void>
  readonly truncate: (length: number) => Promise<void>
  readonly sync: () => Promise<void>
  readonly close: () => Promise<void>
}

const fix = 'Check that the disk has room and may be written.'

/**
 * Appends to an open file of `length` bytes. The remains of a failed write are cut off, so that the file ends
 * with a whole piece; if that fails too, the file takes no more. @internal
 */
export const growing = (path: string, handle: GrowingHandle, length: number): AppendFile => {
  let complete = length
  let broken: IoError | undefined
  let queue: Promise<unknown> = Promise.resolve()
  const refused = (operation: string) => (error: unknown) => ioSystemError(path, operation, error, fix)
  const write = async (piece: Uint8Array): Promise<E.Either<IoError, void>> => {
    if (broken !== undefined) return E.left(broken)
    try {
      await handle.writeFile(piece)
      complete += piece.length
      return E.right(undefined)
    } catch (error) {
      const failure = refused('append to')(error)
      await handle.truncate(complete).catch(() => {
        broken = failure
      })
      return E.left(failure)
    }
  }
  /** One operation after the other. */
  const inTurn =
    (operation: () => Promise<E.Either<IoError, void>>): TE.TaskEither<IoError, void> =>
    () => {
      const next = queue.then(operation)
      queue = next
      return next
    }
  return {
    append: (piece) => inTurn(() => write(piece)),
    sync: inTurn(TE.tryCatch(() => handle.sync(), refused('write'))),
    close: inTurn(TE.tryCatch(() => handle.close(), refused('close'))),
  }
}

/** The bytes of a file; none if it does not exist. */
const readIfThere = (path: string): TE.TaskEither<IoError, Uint8Array | undefined> =>
  TE.tryCatch(
    async () => {
      try {
        return new Uint8Array(await readFile(path))
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      }
    },
    (error) => ioSystemError(path, 'read', error, 'Check that it is a file and may be read.'),
  )

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])

/**
 * Opens a file to append to it. `begin` gives its first bytes from its content (`undefined` if it does not
 * exist): a head, or the bytes to keep. If these differ from the content, the file is replaced as a whole.
 */
export const openAppendFile = (
  path: string,
  begin: (old: Uint8Array | undefined) => E.Either<IoFormatError, Uint8Array>,
): TE.TaskEither<IoError, AppendFile> =>
  pipe(
    readIfThere(path),
    TE.bindTo('old'),
    TE.bind('start', ({ old }) => TE.fromEither<IoError, Uint8Array>(begin(old))),
    TE.chainFirst(({ old, start }) =>
      old !== undefined && sameBytes(old, start) ? TE.right(undefined) : atomicWrite(path, start),
    ),
    TE.chain(({ start }) =>
      TE.tryCatch(
        async () => growing(path, await open(path, 'a'), start.length),
        (error): IoError => ioSystemError(path, 'open', error, fix),
      ),
    ),
  )
