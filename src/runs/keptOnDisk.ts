import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { loadCheckpoint } from '../io/loadCheckpoint.js'
import { saveCheckpoint } from '../io/saveCheckpoint.js'
import { type KeptVariables, variablesOf, withVariables } from '../train/keptVariables.js'
import { stateToHost } from '../train/stateOnHost.js'
import type { Figures, Task } from '../train/task.js'

/** The folder of a run that holds the variables of its best epoch. */
const bestName = 'best'

/** Keeps variables in the folder of a run: they are there when it is resumed. */
export const keptOnDisk = <S extends object, B, F extends Figures>(
  runFolder: string,
  task: Task<S, B, F>,
): KeptVariables<S> => {
  const folder = join(runFolder, bestName)
  return {
    keep: (state, epochs) =>
      pipe(
        TE.fromTask(() => stateToHost(variablesOf(task, state))),
        TE.chain((host) =>
          saveCheckpoint(folder, {
            model: task.name,
            counters: { epoch: epochs },
            config: {},
            state: host,
            series: {},
          }),
        ),
      ),
    put: (state) =>
      pipe(
        TE.fromTask(() => stateToHost(variablesOf(task, state))),
        TE.chain((template) => loadCheckpoint(folder, task.name, template)),
        TE.map((best) => withVariables(task, state, best.state)),
      ),
  }
}
