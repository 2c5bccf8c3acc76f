import * as E from 'fp-ts/lib/Either.js'
import { fromHost } from '../../../../src/graph/tensor.js'
import { aval } from '../../../../src/ir/aval.js'
import type { LearningRate } from '../../../../src/optim/learningRate.js'
import { cosineSchedule } from '../../../../src/optim/schedules/cosineSchedule.js'
import { oneCycleSchedule } from '../../../../src/optim/schedules/oneCycleSchedule.js'
import type { Failure } from '../../../../src/train/failure.js'
import type { TrainConfig } from '../run/trainConfig.js'

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
      return oneCycleSchedule({ peak: lr, steps: updates, convention: 'torch' })
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
  const counts = fromHost(
    Float32Array.from({ length: updates }, (_, t) => t),
    aval([updates], 'float32'),
  )
  const rates = rate(counts)
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
