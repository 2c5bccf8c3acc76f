import * as E from 'fp-ts/lib/Either.js'
import { GradError } from '../../ir/errors.js'
import { goOn, type TrainCallback, type Verdict } from '../callback.js'
import type { Failure } from '../failure.js'
import type { History } from '../history.js'

/** The figure of validation that says which epoch is best: the least, or the greatest. */
export type Monitor = { readonly figure: string; readonly mode: 'min' | 'max' }

/** The best of the epochs that have these figures, counted from 0, the first of several; −1 where there is none. NaN is never the best. */
export const bestEpoch = (values: ArrayLike<number>, mode: Monitor['mode']): number => {
  const isBetter = (a: number, b: number): boolean => (mode === 'min' ? a < b : a > b)
  let best = -1
  for (let epoch = 0; epoch < values.length; epoch++)
    if (!Number.isNaN(values[epoch]) && (best < 0 || isBetter(values[epoch], values[best]))) best = epoch
  return best
}

/**
 * Keeps the state of the epoch that is best in validation, and stops once `patience` epochs in a row were no better
 * (`null`: never). It follows from the history alone, so a resumed run stops where one that went on would.
 */
export const earlyStopping = <S>(
  { figure, mode }: Monitor,
  patience: number | null,
  keepBest: (state: S, epoch: number) => Promise<E.Either<Failure, void>>,
): TrainCallback<S> => {
  const valuesOf = ({ validation }: History): ArrayLike<number> => validation[figure] ?? []
  const verdict = (values: ArrayLike<number>): Verdict =>
    patience !== null && values.length - 1 - bestEpoch(values, mode) >= patience ? 'stop' : 'go on'
  return {
    onStart: ({ position }) => verdict(valuesOf(position().history)),
    onEpochEnd: async ({ position, epoch, validation }) => {
      const { state, history } = position()
      const values = valuesOf(history)
      if (validation !== null && values.length === 0)
        throw new GradError(
          `fit: a figure of validation is required as monitor, got ${figure}. It has ${Object.keys(validation).join(', ')}.`,
        )
      if (values.length === 0) return goOn
      if (bestEpoch(values, mode) === values.length - 1) {
        const kept = await keepBest(state, epoch)
        if (E.isLeft(kept)) return kept
      }
      return verdict(values)
    },
  }
}
