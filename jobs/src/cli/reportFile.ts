import { open, rm, stat } from 'node:fs/promises'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Failure } from './failure.js'
import { usage } from './flags.js'

/** @throws where a file can't be written at a path; nothing is left there */
const tryWriting = async (path: string): Promise<void> => {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isFolder) throw new Error('it is a folder')
  const temporary = `${path}.${process.pid}.tmp`
  const handle = await open(temporary, 'wx')
  await handle.close()
  await rm(temporary)
}

/** Whether `--report` can be written at the end is found at the beginning. */
export const requireReportPlace = (path: string | undefined): TE.TaskEither<Failure, void> =>
  path === undefined
    ? TE.right(undefined)
    : TE.tryCatch(
        () => tryWriting(path),
        (error) =>
          usage(
            `--report: a file in a folder that exists and may be written was required, got ${path} (${error instanceof Error ? error.message : String(error)}).`,
          ),
      )
