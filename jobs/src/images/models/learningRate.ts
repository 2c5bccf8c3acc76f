import * as E from 'fp-ts/lib/Either.js'
import { np, optim } from 'grad-ts'
import type { Failure } from 'grad-ts/train'
import type { TrainConfig } from '../run/trainConfig.js'

/** The learning rate over so many updates. */
export const learningRateOf = (
  { schedule, lr }: Pick<TrainConfig, 'schedule' | 'lr'>,
  updates: number,
): optim.LearningRate => {
  switch (schedule) {
    case 'constant':
      return lr
    case 'cosine':
      return optim.cosineSchedule(lr, updates)
    case 'one-cycle':
      return optim.oneCycleSchedule({ peak: lr, steps: updates, convention: 'torch' })
  }
}

/** Updates that so many steps make; those of a last round that is not full make none. */
export const updatesOf = (steps: number, accumulate: number): number => Math.floor(steps / accumulate)

/** The learning rate of each step, counted from 0; a step that makes no update has that of the next one that does. */
export const stepRates = async (
  config: Pick<TrainConfig, 'schedule' | 'lr' | 'accumulate'>,
  steps: number,
): Promise<(step: number) => number> => {
  const updates = Math.max(1, updatesOf(steps, config.accumulate))
  const rate = learningRateOf(config, updates)
  if (typeof rate === 'number') return () => rate
  const rates = rate(np.arange(updates, { dtype: 'float32' }))
  const values =
    typeof rates === 'object' && 'data' in rates ? Float64Array.from(await rates.data()) : [Number(rates)]
  return (step) => values[Math.min(Math.floor(step / config.accumulate), updates - 1)]
}

/** One cycle goes up for three tenths of the updates, and down again. */
const fewestUpdates = { constant: 1, cosine: 1, 'one-cycle': 4 } as const

/** Whether so many steps are enough for an update, and for the schedule of the learning rate. */
export const requireUpdates = (
  { schedule, accumulate }: Pick<TrainConfig, 'schedule' | 'accumulate'>,
  steps: number,
): E.Either<Failure, void> => {
  const updates = updatesOf(steps, accumulate)
  const fewest = fewestUpdates[schedule]
  if (updates >= fewest) return E.right(undefined)
  return E.left({
    _tag: 'Usage',
    message:
      updates < 1
        ? `--accumulate: at most the ${steps} steps of the run were required, got ${accumulate}. Nothing would be learnt.`
        : `--schedule: at least ${fewest} updates were required for ${schedule}, got ${updates}. Train for more epochs.`,
  })
}
