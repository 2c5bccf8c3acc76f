import * as O from 'fp-ts/lib/Option.js'
import { batchCount, batchIndices, inOrder } from '../data/batches.js'
import type { Dataset } from '../data/dataset.js'
import { GradError } from '../ir/errors.js'
import { noSignal, type StopSignal, turn } from './eventLoop.js'
import { RunningMeans } from './history.js'
import { type Figures, readMeasured, type Task } from './task.js'

export type JudgeOptions = { readonly batchSize: number; readonly signal: StopSignal }

/** The means over all examples of a dataset, in its own order; `none` when it was interrupted. */
export const judgeAll = async <S extends object, B, F extends Figures>(
  { name, judge }: Task<S, B, F>,
  state: S,
  { count, batch }: Dataset<B>,
  { batchSize, signal }: JudgeOptions,
): Promise<O.Option<F>> => {
  if (judge === undefined)
    throw new GradError(`evaluate: a task with \`judge\` is required, got ${name} without. Give it one.`)
  const order = inOrder(count)
  const running = new RunningMeans<F>()
  for (let i = 0; i < batchCount(count, batchSize, 'keep'); i++) {
    await turn()
    if (signal.aborted) return O.none
    const indices = batchIndices(order, batchSize, i)
    const { figures, weight } = await readMeasured(await judge(state, await batch(indices)), indices.length)
    running.add(weight, figures)
  }
  return O.some(running.means)
}

/**
 * The figures of a state on a dataset: means over all its examples, batch by batch, by the task's `judge`.
 * @param options.signal aborts between two batches
 * @throws GradError for a task without `judge`, or a batch size or dataset of nothing; the signal's reason where it is aborted
 * @example
 * ```ts
 * import { evaluate, tensorDataset } from 'grad-ts/train'
 * const task = {
 *   name: 'mean',
 *   init: () => ({ at: np.array(2) }),
 *   step: (state, x) => ({ state, figures: { loss: 0 } }),
 *   judge: ({ at }, { x }) => ({ figures: { loss: np.mean(np.square(x.sub(at))) } }),
 * }
 * const data = tensorDataset({ x: np.array([1, 2, 3, 6]) })
 * await evaluate(task, task.init(), data, { batchSize: 3 }) // => { loss: 4.5 }
 * ```
 */
export const evaluate = async <S extends object, B, F extends Figures>(
  task: Task<S, B, F>,
  state: S,
  dataset: Dataset<B>,
  { batchSize, signal = noSignal }: { batchSize: number; signal?: StopSignal },
): Promise<F> => {
  for (const [name, n] of Object.entries({ batchSize, 'dataset.count': dataset.count }))
    if (!(Number.isSafeInteger(n) && n > 0))
      throw new GradError(`evaluate: a positive integer as ${name} is required, got ${n}.`)
  const judged = await judgeAll(task, state, dataset, { batchSize, signal })
  if (O.isSome(judged)) return judged.value
  throw signal.reason
}
