import { promised } from '../graph/promised.js'
import * as whole from './fit.js'
import type { FitOptions } from './fitOptions.js'
import type { SavedRun } from './positionFile.js'
import * as position from './positionFile.js'
import type { Figures, Task } from './task.js'

/**
 * Trains a task: epochs of batches in an order that follows from the seed, with whatever is asked for beside them: validation, early
 * stopping, callbacks; and in `folder`, logs (`metrics.csv`, `steps.jsonl`, TensorBoard's events) and checkpoints, from which a run that was
 * killed is resumed to the same bits. It stops where a loss is not finite; the last checkpoint is from before.
 * @param options.folder new or empty, unless `resume` is true; used by one process at a time
 * @throws GradError on a wrong option; (rejects with) an error whose `_tag` says what happened: IoSystemError, IoFormatError, FolderInUse,
 *   FolderOccupied, Diverged
 * @example
 * ```ts
 * import { np, optim } from 'grad-ts'
 * import { fit, gradientTask, tensorDataset } from 'grad-ts/train'
 * const task = gradientTask({
 *   name: 'mean',
 *   init: () => ({ params: { at: np.array(0) }, state: null }),
 *   loss: ({ at }, { x }) => np.mean(np.square(x.sub(at))),
 *   optimizer: optim.sgd(0.1),
 * })
 * const data = tensorDataset({ x: np.array([1, 2, 3]) })
 * const { state, history } = await fit(task, { train: data, validation: data, batchSize: 3, epochs: 50, patience: 5 })
 * state.params.at.item() // => 2.000
 * Object.keys(history.validation) // => ['loss']
 * ```
 */
export const fit = <S extends object, B, F extends Figures>(
  task: Task<S, B, F>,
  options: FitOptions<S, B, F>,
): Promise<whole.FitResult<S>> => promised(() => whole.fit(task, options))

/** What the run in a folder says of itself: its task, how far it went, and the config that was kept with it. @throws (rejects with) an IoError where there is none */
export const savedRun = (runFolder: string): Promise<SavedRun> => promised(() => position.savedRun(runFolder))
