import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { temporaryEnding } from '../../../src/io/atomicWrite.js'
import { arraysFilePattern } from '../../../src/io/checkpointManifest.js'
import { lockFiles, lockFolder } from '../../../src/io/folderLock.js'
import { logFiles } from '../../../src/train/callbacks/metricLogs.js'
import type { Failure } from '../../../src/train/failure.js'
import { checkpointName } from '../../../src/train/trainingCheckpoint.js'
import type { TrainFlags } from '../images/command/trainFlags.js'
import { usage } from './flags.js'

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What a run writes before its first checkpoint is whole. */
const earlyNames: readonly string[] = [logFiles.epochs, logFiles.steps, logFiles.tensorBoard, checkpointName]
const ownNames: readonly string[] = [...earlyNames, ...Object.values(lockFiles)]

/** What keeps a folder from being that of a new run: files that are not those of a run which ended before its first checkpoint. */
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
type Made = { readonly folder: string; readonly first: string | undefined }

/** Makes a folder and those above it; the first that was made. Node's own way never ends where a system makes none, as in /proc. */
const makeFolder = async (folder: string): Promise<string | undefined> => {
  try {
    await mkdir(folder)
    return folder
  } catch (error) {
    const parent = dirname(folder)
    if (hasCode(error, 'ENOENT') && parent !== folder) {
      const first = await makeFolder(parent)
      await mkdir(folder)
      return first ?? folder
    }
    if (hasCode(error, 'EEXIST') && (await stat(folder)).isDirectory()) return undefined
    throw error
  }
}

/** `runs/mnist-mlp-2026-01-31-120000`, or with a number behind it where another run began in the same second. */
export const makeDefaultFolder = async (model: string, now: Date): Promise<Made> => {
  const name = join(
    'runs',
    `${model}-${now.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '')}`,
  )
  const runs = await makeFolder('runs')
  for (let i = 1; ; i++) {
    const folder = i === 1 ? name : `${name}-${i}`
    try {
      await mkdir(folder)
      return { folder, first: runs ?? folder }
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error
    }
  }
}

/** Removes the folders that were made, while they are empty. */
const removeMade = async ({ folder, first }: Made): Promise<void> => {
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

/** A training's exit code, and whether there is something to go on with. */
export type Ended = { readonly code: number; readonly isBegun: boolean }

const inLockedFolder = async (
  { folder, first }: Made,
  { resume }: TrainFlags,
  command: string,
  use: (folder: string) => TE.TaskEither<Failure, Ended>,
): Promise<E.Either<Failure, number>> => {
  const lock = await lockFolder(folder, command)()
  if (E.isLeft(lock))
    return E.left(lock.left._tag === 'FolderInUse' ? usage(`--out: ${lock.left.message}`) : lock.left)
  let isBegun = false
  let isStopped = false
  try {
    const occupant = resume === true ? null : await occupiedBy(folder)
    if (occupant !== null)
      return E.left(
        usage(
          `--out: an empty folder was required, got ${folder} (it holds ${occupant} already; choose another, or go on with that run by --resume).`,
        ),
      )
    const result = await use(folder)()
    isBegun = E.isRight(result) && result.right.isBegun
    isStopped = E.isRight(result) && !isBegun
    return E.map(({ code }: Ended) => code)(result)
  } finally {
    // what went wrong is said already
    if (!isBegun && resume !== true) await removeEarly(folder, isStopped).catch(() => undefined)
    await lock.right.release()
    if (!isBegun) await removeMade({ folder, first })
  }
}

/**
 * Uses the folder that a run writes to, locked meanwhile. A new run wants one that does not exist or is empty, or one in which a run was
 * killed before it had a checkpoint to go on from; a resumed one its own. Where a new run fails before its first checkpoint,
 * or is stopped before its first step, the folder is left as it was.
 */
export const inRunFolder =
  (
    model: string,
    flags: TrainFlags,
    command: string,
    use: (folder: string) => TE.TaskEither<Failure, Ended>,
  ): TE.TaskEither<Failure, number> =>
  async () => {
    const { out, resume } = flags
    if (resume === true)
      return out === undefined
        ? E.left(usage('--resume: the folder of the run is required, got none. Name it with --out FOLDER.'))
        : inLockedFolder({ folder: out, first: undefined }, flags, command, use)
    let made: Made
    try {
      made =
        out === undefined
          ? await makeDefaultFolder(model, new Date())
          : { folder: out, first: await makeFolder(out) }
    } catch (error) {
      return E.left(usage(`--out: an empty folder was required, got ${out ?? 'runs'} (${reason(error)}).`))
    }
    return inLockedFolder(made, flags, command, use)
  }
