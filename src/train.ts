import { initialize } from './core.js'

/** `grad-ts/train`: the training loop, for any task. */
initialize()

export type { Dataset } from './data/dataset.js'
export { tensorDataset } from './data/dataset.js'
export { type EpochOrder, epochOrder } from './data/epochOrder.js'
export type {
  EpochEvent,
  Hook,
  Position,
  StepEvent,
  TrainCallback,
  TrainEvent,
  Verdict,
} from './train/callback.js'
export type { Monitor } from './train/callbacks/earlyStopping.js'
export { evaluate } from './train/evaluate.js'
export type { StopSignal } from './train/eventLoop.js'
export { diverged, type Failure } from './train/failure.js'
export { type FitResult, fit } from './train/fit.js'
export type { FitOptions } from './train/fitOptions.js'
export {
  type GradientState,
  type GradientTask,
  type GradientTaskOptions,
  gradientTask,
  type LossContext,
  type LossResult,
} from './train/gradientTask.js'
export { type EpochPlan, epochMeans, type History, stepsPerEpoch } from './train/history.js'
export type { Place, Run } from './train/run.js'
export type { Figures, Measured, Stepped, Task } from './train/task.js'
