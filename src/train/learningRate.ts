import * as E from 'fp-ts/lib/Either.js'
import type { LearningRate } from '../optim/learningRate.js'
import { cosineSchedule } from '../optim/schedules/cosineSchedule.js'
import { oneCycleScheduleTorch } from '../optim/schedules/oneCycleScheduleTorch.js'
import type { Failure } from './failure.js'
import type { TrainConfig } from './trainConfig.js'

/** The learning rate over so many updates. */
export const learningRateOf = (
  { schedule, lr }: Pick<TrainConfig, 'schedule' | 'lr'>,
  updates: number,
): LearningRate => {
  switch (schedule) {
    case 'constant':
      return lr
    case 'cosine':
      return cosineSchedule(lr, updates)
    case 'one-cycle':
      return oneCycleScheduleTorch({ peak: lr, steps: updates })
  }
}

/** Updates that so many steps make; those of a last round that is not full make none. */
export const updatesOf = (steps: number, accumulate: number): number => Math.floor(steps / accumulate)

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
