import * as E from 'fp-ts/lib/Either.js'
import { goOn, type TrainCallback, type Verdict } from '../callback.js'

/** The epoch with the least validation loss, the first of several; −1 where there is none. NaN is no loss, and never the best. */
export const bestEpoch = (validationLoss: ArrayLike<number>): number => {
  let best = -1
  for (let epoch = 0; epoch < validationLoss.length; epoch++)
    if (!Number.isNaN(validationLoss[epoch]) && (best < 0 || validationLoss[epoch] < validationLoss[best]))
      best = epoch
  return best
}

/**
 * Keeps the state of the epoch with the least validation loss, and stops once `patience` epochs in a row were no better
 * (`null`: never). It follows from the history alone, so a resumed run stops where one that went on would.
 */
export const earlyStopping = <S, F>(
  patience: number | null,
  keepBest: (state: S) => Promise<E.Either<F, void>>,
): TrainCallback<S, F> => {
  const verdict = (losses: ArrayLike<number>): Verdict =>
    patience !== null && losses.length - 1 - bestEpoch(losses) >= patience ? 'stop' : 'go on'
  return {
    onStart: async ({ position }) => E.right(verdict(position().history.validationLoss)),
    onEpochEnd: async ({ position }) => {
      const { state, history } = position()
      const losses = history.validationLoss
      if (losses.length > 0 && bestEpoch(losses) === losses.length - 1) {
        const kept = await keepBest(state)
        if (E.isLeft(kept)) return kept
      }
      return losses.length === 0 ? goOn : E.right(verdict(losses))
    },
  }
}
