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

/** Σ size, Σ size·loss and Σ correct over the steps of an epoch that are done. */
export type EpochSums = { readonly examples: number; readonly loss: number; readonly correct: number }

/** The sums with one step more, whose mean loss is `loss`. */
export const addStep = (sums: EpochSums, size: number, loss: number, correct: number): EpochSums => ({
  examples: sums.examples + size,
  loss: sums.loss + size * loss,
  correct: sums.correct + correct,
})

/** Σ size·loss / Σ size and Σ correct / Σ size. */
export const figuresOfSums = ({ examples, loss, correct }: EpochSums): Figures => ({
  examples,
  loss: loss / examples,
  accuracy: correct / examples,
})

/** The sums of an epoch, step by step from the history: a resumed run has those of one that never stopped, to the bit. */
export const epochSums = (
  history: { readonly loss: ArrayLike<number>; readonly correct: ArrayLike<number> },
  plan: EpochPlan,
  epoch: number,
): EpochSums => {
  const first = epoch * stepsPerEpoch(plan)
  const end = Math.min(history.loss.length, first + stepsPerEpoch(plan))
  let sums: EpochSums = { examples: 0, loss: 0, correct: 0 }
  for (let step = first; step < end; step++)
    sums = addStep(sums, batchExamples(plan, step - first), history.loss[step], history.correct[step])
  return sums
}

/** The figures over the steps of an epoch that are done. */
export const epochFigures = (history: History, plan: EpochPlan, epoch: number): Figures =>
  figuresOfSums(epochSums(history, plan, epoch))
