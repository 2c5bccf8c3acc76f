import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../train/failure.js'
import { usage } from './flags.js'
import type { TrainFlags } from './trainFlags.js'

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** `runs/mnist-mlp-2026-01-31-120000`. */
export const defaultFolder = (model: string, now: Date): string =>
  join('runs', `${model}-${now.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '')}`)

/**
 * The folder that a run writes to. A new run wants one that does not exist or is empty; a resumed one its own.
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
      const entries = await readdir(folder)
      if (entries.length > 0)
        throw new Error('it holds files already; choose another, or go on with that run by --resume')
      return folder
    },
    (error) => usage(`--out: an empty folder was required, got ${folder} (${reason(error)}).`),
  )
}
