import type { LearningRate } from '../optim/learningRate.js'
import { cosineSchedule } from '../optim/schedules/cosineSchedule.js'
import { oneCycleScheduleTorch } from '../optim/schedules/oneCycleScheduleTorch.js'
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
