export { type AdagradOptions, type AdagradState, adagrad, scaleByAdagrad } from './adagrad.js'
export { type AdamOptions, type AdamState, adam, adamw, scaleByAdam } from './adam.js'
export { type ApplyIfFiniteState, applyIfFinite, nonFiniteCounts } from './applyIfFinite.js'
export { type Concatenated, chain, identity, monoid } from './chain.js'
export { clip, clipByGlobalNorm } from './clipping.js'
export { type EmaState, ema } from './ema.js'
export { globalNorm } from './globalNorm.js'
export type { CountState } from './gradientTransformation.js'
export {
  applyUpdates,
  type GradientTransformation,
  type Piece,
  type States,
  transformation,
} from './gradientTransformation.js'
export { type LearningRate, scaleByLearningRate } from './learningRate.js'
export { type LionOptions, type LionState, lion, scaleByLion } from './lion.js'
export { type Mask, masked } from './masked.js'
export { type MomentumState, momentum } from './momentum.js'
export { hasUpdated, type MultiStepsState, multiSteps } from './multiSteps.js'
export {
  type ParameterAverage,
  type ParameterAverageOptions,
  type ParameterAverageState,
  parameterAverage,
} from './parameterAverage.js'
export { type RmsOptions, type RmsState, rmsprop, scaleByRms } from './rmsprop.js'
export { scale } from './scale.js'
export { scaleBySchedule } from './scaleBySchedule.js'
export { constantSchedule } from './schedules/constantSchedule.js'
export { cosineSchedule } from './schedules/cosineSchedule.js'
export { exponentialSchedule } from './schedules/exponentialSchedule.js'
export { oneCycleSchedule } from './schedules/oneCycleSchedule.js'
export type { Schedule } from './schedules/schedule.js'
export { stepSchedule } from './schedules/stepSchedule.js'
export { warmupCosineSchedule } from './schedules/warmupCosineSchedule.js'
export { sgd } from './sgd.js'
export { addDecayedWeights, addL2 } from './weightDecay.js'
