import * as TE from 'fp-ts/lib/TaskEither.js'
import { backendNames, loadBackend } from 'grad-ts'
import type { Failure } from './failure.js'
import { usage } from './flags.js'

/** Loads the backend that `--backend` names. */
export const requireBackend = (name: string): TE.TaskEither<Failure, void> =>
  backendNames().includes(name)
    ? TE.tryCatch(
        () => loadBackend(name),
        (error): Failure => ({
          _tag: 'Backend',
          message: error instanceof Error ? error.message : String(error),
        }),
      )
    : TE.left(usage(`--backend: one of ${backendNames().join(', ')} was required, got "${name}".`))
