/** What every step so far has given, in order, and what every epoch has on images that are not trained on, if any. The number of steps says where training stands. */
export type History = {
  readonly loss: Float64Array
  readonly correct: Float64Array
  /** An entry an epoch, or none. */
  readonly validationLoss: Float64Array
  readonly validationAccuracy: Float64Array
}

const none = new Float64Array(0)

export const emptyHistory: History = {
  loss: none,
  correct: none,
  validationLoss: none,
  validationAccuracy: none,
}

/** How an epoch is cut into steps: all of `batchSize` but for the last, which takes the rest. */
export type EpochPlan = { readonly examples: number; readonly batchSize: number }

export const stepsPerEpoch = ({ examples, batchSize }: EpochPlan): number => Math.ceil(examples / batchSize)

/** The number of examples in the `batch`-th step of an epoch. */
export const batchExamples = ({ examples, batchSize }: EpochPlan, batch: number): number =>
  Math.min(batchSize, examples - batch * batchSize)

/** Mean loss and accuracy over examples, as the model was when it saw them. */
export type Figures = { readonly examples: number; readonly loss: number; readonly accuracy: number }

/**
 * Σ size·loss / Σ size and Σ correct / Σ size over the steps of an epoch that are done. It is computed from the
 * history, so a resumed run gives the figures of one that never stopped.
 */
export const epochFigures = (history: History, plan: EpochPlan, epoch: number): Figures => {
  const first = epoch * stepsPerEpoch(plan)
  const end = Math.min(history.loss.length, first + stepsPerEpoch(plan))
  let [examples, loss, correct] = [0, 0, 0]
  for (let step = first; step < end; step++) {
    const size = batchExamples(plan, step - first)
    examples += size
    loss += size * history.loss[step]
    correct += history.correct[step]
  }
  return { examples, loss: loss / examples, accuracy: correct / examples }
}
