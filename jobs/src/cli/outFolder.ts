import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { tasks } from 'grad-ts/runs'
import type { Failure } from 'grad-ts/train'
import { usage } from './flags.js'

/** The flags that say where a run is. */
export type OutFlags = { readonly out?: string; readonly resume?: boolean }

const isOccupied = (failure: Failure): failure is tasks.FolderOccupied => failure._tag === 'FolderOccupied'

/** Says in terms of flags what is wrong with a run's folder. */
const inFlags = (failure: Failure): Failure =>
  isOccupied(failure)
    ? usage(
        `--out: an empty folder was required, got ${failure.folder} (it holds ${failure.holds} already; choose another, or go on with that run by --resume).`,
      )
    : failure._tag === 'FolderInUse'
      ? usage(`--out: ${failure.message}`)
      : failure

/**
 * Uses the folder of a run: the one that `--out` names, or else a new one below `runs/`, called after the task and the time. A resumed
 * run needs the name of its own.
 */
export const inOutFolder = <A>(
  name: string,
  { out, resume = false }: OutFlags,
  command: string,
  use: (folder: string) => TE.TaskEither<Failure, tasks.Ended<A>>,
): TE.TaskEither<Failure, A> => {
  if (resume && out === undefined)
    return TE.left(usage('--resume: the folder of the run is required, got none. Name it with --out FOLDER.'))
  const made =
    out === undefined
      ? tasks.datedFolder('runs', name, new Date())
      : resume
        ? TE.right({ folder: out, first: undefined })
        : tasks.madeFolder(out)
  return pipe(
    made,
    TE.mapLeft(({ message }) => usage(`--out: ${message}`)),
    TE.chain((folder) => pipe(tasks.inRunFolder(folder, { resume, command }, use), TE.mapLeft(inFlags))),
  )
}
