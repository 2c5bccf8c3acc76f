import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, ioSystemError } from '../formats/ioError.js'

/** The ending of a file that is being written, and of one that a killed process left behind. */
export const temporaryEnding = '.tmp'

const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return // folders can't be opened there
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

const writeAndRename = async (path: string, bytes: Uint8Array): Promise<void> => {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}${temporaryEnding}`
  try {
    const handle = await open(temporary, 'wx')
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/**
 * Writes a file as a whole or not at all: at any moment, also after a crash, `path` holds its old bytes
 * or the new ones. A temporary file beside it is written and synced, renamed, and the folder synced.
 */
export const atomicWrite = (path: string, content: Uint8Array | string): TE.TaskEither<IoError, void> =>
  TE.tryCatch(
    () => writeAndRename(path, typeof content === 'string' ? new TextEncoder().encode(content) : content),
    (error) =>
      ioSystemError(path, 'write', error, 'Check that the folder exists, may be written and has room.'),
  )
