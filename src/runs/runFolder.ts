import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, ioSystemError } from '../formats/ioError.js'
import { temporaryEnding } from '../io/atomicWrite.js'
import { arraysFilePattern } from '../io/checkpointManifest.js'
import { lockFiles, lockFolder } from '../io/folderLock.js'
import type { Failure } from '../train/failure.js'
import type { Ended } from '../train/run.js'
import { logFiles } from './metricLogs.js'
import { checkpointName } from './positionFile.js'

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

/** Names that a run writes before its first checkpoint is whole. */
const earlyNames: readonly string[] = [logFiles.epochs, logFiles.steps, logFiles.tensorBoard, checkpointName]
const ownNames: readonly string[] = [...earlyNames, ...Object.values(lockFiles)]

/** A file that keeps a folder from being that of a new run: one that no run leaves which ended before its first checkpoint. */
const occupiedBy = async (folder: string): Promise<string | null> => {
  const names = await readdir(folder)
  const strange = names.find((name) => !ownNames.includes(name))
  if (strange !== undefined) return strange
  if (names.includes(checkpointName)) {
    const kept = await readdir(join(folder, checkpointName))
    // what is being written: the first checkpoint is there when its manifest is
    if (!kept.every((name) => name.endsWith(temporaryEnding) || arraysFilePattern.test(name)))
      return checkpointName
  }
  const { steps } = logFiles
  // the first step comes after the first checkpoint: logs of steps are of a run that lost it
  return names.includes(steps) && (await stat(join(folder, steps))).size > 0 ? steps : null
}

/** A folder that is there, and the first of its path that had to be made for it. */
export type MadeFolder = { readonly folder: string; readonly first: string | undefined }

/** Makes a folder and those above it; the first that was made. Node's own way never ends where a system makes none, as in /proc. */
const makeMissing = async (folder: string): Promise<string | undefined> => {
  try {
    await mkdir(folder)
    return folder
  } catch (error) {
    const parent = dirname(folder)
    if (hasCode(error, 'ENOENT') && parent !== folder) {
      const first = await makeMissing(parent)
      await mkdir(folder)
      return first ?? folder
    }
    if (hasCode(error, 'EEXIST') && (await stat(folder)).isDirectory()) return undefined
    throw error
  }
}

/** Makes a folder, if it is not there. */
export const madeFolder = (folder: string): TE.TaskEither<IoError, MadeFolder> =>
  TE.tryCatch(
    async () => ({ folder, first: await makeMissing(folder) }),
    (error) => ioSystemError(folder, 'make the folder', error, 'Name another.'),
  )

/** Makes `runs/digits-2026-01-31-120000` of `runs` and `digits`, or with a number behind it where another run began in the same second. */
export const datedFolder = (parent: string, name: string, now: Date): TE.TaskEither<IoError, MadeFolder> => {
  const dated = join(
    parent,
    `${name}-${now.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '')}`,
  )
  return TE.tryCatch(
    async () => {
      const above = await makeMissing(parent)
      for (let i = 1; ; i++) {
        const folder = i === 1 ? dated : `${dated}-${i}`
        try {
          await mkdir(folder)
          return { folder, first: above ?? folder }
        } catch (error) {
          if (!hasCode(error, 'EEXIST')) throw error
        }
      }
    },
    (error) => ioSystemError(parent, 'make a folder in it', error, 'Name another.'),
  )
}

/** Removes the folders that were made, while they are empty. */
const removeMade = async ({ folder, first }: MadeFolder): Promise<void> => {
  if (first === undefined) return
  const top = resolve(first)
  for (let at = resolve(folder); at.length >= top.length; at = dirname(at)) {
    try {
      await rmdir(at)
    } catch {
      return // it is somebody's
    }
  }
}

/** Removes what a start left that got to no checkpoint; `stopped`: its checkpoint too, which holds no step. */
const removeEarly = async (folder: string, stopped: boolean): Promise<void> => {
  if (!stopped && (await occupiedBy(folder)) !== null) return
  for (const name of earlyNames) await rm(join(folder, name), { recursive: true, force: true })
}

/** There is something in the folder that a new run would write over. */
export type FolderOccupied = {
  readonly _tag: 'FolderOccupied'
  readonly folder: string
  /** A file or folder that is there. */
  readonly holds: string
  readonly message: string
}

export type RunFolderOptions = {
  /** Whether the run that the folder holds goes on. */
  readonly resume: boolean
  /** For others who want the folder meanwhile: what uses it. */
  readonly command: string
}

/**
 * Uses the folder that a run writes to, locked meanwhile. A new run wants one that does not exist or is empty, or one in which a run was
 * killed before it had a checkpoint to go on from; a resumed one its own. Where a new run fails before its first checkpoint,
 * or is stopped before its first step, the folder is left as it was.
 */
export const inRunFolder =
  <A>(
    { folder, first }: MadeFolder,
    { resume, command }: RunFolderOptions,
    use: (folder: string) => TE.TaskEither<Failure, Ended<A>>,
  ): TE.TaskEither<Failure, A> =>
  async () => {
    const lock = await lockFolder(folder, command)()
    if (E.isLeft(lock)) return lock
    let isBegun = false
    let isStopped = false
    try {
      const holds = resume ? null : await occupiedBy(folder)
      if (holds !== null) {
        const occupied: FolderOccupied = {
          _tag: 'FolderOccupied',
          folder,
          holds,
          message: `folder: an empty folder was required, got ${folder}, which holds ${holds}. Choose another, or go on with that run: resume.`,
        }
        return E.left(occupied)
      }
      const result = await use(folder)()
      isBegun = E.isRight(result) && result.right.isBegun
      isStopped = E.isRight(result) && !isBegun
      return E.map(({ value }: Ended<A>) => value)(result)
    } finally {
      // what went wrong is said already
      if (!isBegun && !resume) await removeEarly(folder, isStopped).catch(() => undefined)
      await lock.right.release()
      if (!isBegun) await removeMade({ folder, first })
    }
  }
