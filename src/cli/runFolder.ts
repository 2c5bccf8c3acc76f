import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { temporaryEnding } from '../io/atomicWrite.js'
import { arraysFilePattern } from '../io/checkpointManifest.js'
import { logFiles } from '../train/callbacks/metricLogs.js'
import type { Failure } from '../train/failure.js'
import { checkpointName } from '../train/trainingCheckpoint.js'
import { usage } from './flags.js'
import type { TrainFlags } from './trainFlags.js'

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** `runs/mnist-mlp-2026-01-31-120000`. */
export const defaultFolder = (model: string, now: Date): string =>
  join('runs', `${model}-${now.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '')}`)

/** What keeps a folder from being that of a new run: files that are not those of a run which ended before its first checkpoint. */
const occupiedBy = async (folder: string): Promise<string | null> => {
  const names = await readdir(folder)
  const { epochs, steps, tensorBoard } = logFiles
  const ownNames: readonly string[] = [epochs, steps, tensorBoard, checkpointName]
  const strange = names.find((name) => !ownNames.includes(name))
  if (strange !== undefined) return strange
  if (names.includes(checkpointName)) {
    const kept = await readdir(join(folder, checkpointName))
    // what is being written: the first checkpoint is there when its manifest is
    if (!kept.every((name) => name.endsWith(temporaryEnding) || arraysFilePattern.test(name)))
      return checkpointName
  }
  // the first step comes after the first checkpoint: logs of steps are of a run that lost it
  return names.includes(steps) && (await stat(join(folder, steps))).size > 0 ? steps : null
}

/**
 * The folder that a run writes to. A new run wants one that does not exist or is empty, or one in which a run was killed before it had a
 * checkpoint to go on from; a resumed one its own.
 */
export const openRunFolder = (model: string, { out, resume }: TrainFlags): TE.TaskEither<Failure, string> => {
  if (resume === true) {
    return out === undefined
      ? TE.left(usage('--resume: the folder of the run is required, got none. Name it with --out FOLDER.'))
      : TE.right(out)
  }
  const folder = out ?? defaultFolder(model, new Date())
  return TE.tryCatch(
    async () => {
      await mkdir(folder, { recursive: true })
      const occupant = await occupiedBy(folder)
      if (occupant !== null)
        throw new Error(`it holds ${occupant} already; choose another, or go on with that run by --resume`)
      return folder
    },
    (error) => usage(`--out: an empty folder was required, got ${folder} (${reason(error)}).`),
  )
}
