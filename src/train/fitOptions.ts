import type { Dataset } from '../data/dataset.js'
import { optionsOf } from '../graph/options.js'
import { GradError } from '../ir/errors.js'
import type { TrainCallback } from './callback.js'
import type { Monitor } from './callbacks/earlyStopping.js'
import type { StopSignal } from './eventLoop.js'
import type { Run } from './run.js'
import type { Figures, Task } from './task.js'

/** The data of a training, its length, and everything beside it. */
export type FitOptions<S extends object, B, F extends Figures = Figures> = {
  readonly train: Dataset<B>
  readonly batchSize: number
  /** Passes over the examples in all, those of the run that is resumed included. */
  readonly epochs: number
  /** Judges a state after each epoch: examples that are not trained on, or a function that gives the figures, `null` where it was aborted. */
  readonly validation?: Dataset<B> | ((state: S, signal: StopSignal) => Promise<F | null>)
  /** Decides the first state and the order of the examples; 0 by default. */
  readonly seed?: number
  /** Epochs of validation in a row that may be no better before training stops; left out, it goes on to the end. */
  readonly patience?: number | null
  /** The figure of validation that says which epoch is best; the least loss by default. */
  readonly monitor?: Monitor
  /** How the run is kept; left out, it is not. */
  readonly run?: Run
  readonly callbacks?: readonly TrainCallback<S, F>[]
  /** When it is aborted, the step at hand is finished, what the run keeps is saved, and training stops. */
  readonly signal?: StopSignal
  /** Milliseconds from whenever; the process's clock by default. */
  readonly now?: () => number
}

const names = 'train batchSize epochs validation seed patience monitor run callbacks signal now'

const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && Number(n) > 0

/** @throws GradError on an option that is unknown, missing or out of range */
export const requireFitOptions = <S extends object, B, F extends Figures>(
  { judge, name }: Task<S, B, F>,
  given: FitOptions<S, B, F>,
): void => {
  const options: FitOptions<S, B, F> = optionsOf('fit', names, given)
  const { train, validation, patience, monitor, seed } = options
  const refuse = (what: string, got: unknown, fix = ''): never => {
    throw new GradError(`fit: ${what} required, got ${String(got)}.${fix}`)
  }
  if (typeof train?.batch !== 'function' || !isCount(train.count))
    refuse('a dataset with at least one example is', train?.count === 0 ? 'none' : typeof train)
  if (validation !== undefined && typeof validation !== 'function' && !isCount(validation.count))
    refuse('a dataset with at least one example is', 'none', ' Leave validation out where there is none.')
  for (const field of ['batchSize', 'epochs', 'patience'] as const) {
    const value = options[field]
    const isLeftOut = (value ?? null) === null && field === 'patience'
    if (!isLeftOut && !isCount(value)) refuse(`a positive integer as ${field} is`, value)
  }
  if (seed !== undefined && !(Number.isSafeInteger(seed) && seed >= 0))
    refuse('an integer from 0 on as seed is', seed)
  if (validation === undefined && (patience ?? null) !== null)
    refuse('validation to judge epochs by is', `patience ${patience} alone`)
  if (validation !== undefined && typeof validation !== 'function' && judge === undefined)
    refuse('a task with `judge` is', `${name} without`, ' Give it one, or validate with a function.')
  if (monitor !== undefined && !['min', 'max'].includes(monitor.mode))
    refuse("'min' or 'max' as the mode of monitor is", monitor.mode)
}
