import { ShapeError } from '../ir/errors.js'

/** Examples with their true and their predicted class: two arrays of one length, of whole numbers from 0. */
export type Classified = { readonly truth: ArrayLike<number>; readonly predicted: ArrayLike<number> }

/** @throws ShapeError where there isn't one of `given` (predictions, scores) for each true class. */
export const requireEqualLengths = (
  operation: string,
  truth: ArrayLike<number>,
  given: ArrayLike<number>,
  what: string,
  each = 1,
): void => {
  if (truth.length * each !== given.length)
    throw new ShapeError(
      `${operation}: ${each === 1 ? 'as many' : `${each} times as many`} ${what} as true classes are required, got ` +
        `${given.length} ${what} and ${truth.length} true classes. Take both from the same batch.`,
    )
}
