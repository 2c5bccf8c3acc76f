import * as E from 'fp-ts/lib/Either.js'
import { goOn, type TrainCallback, type Verdict } from '../callback.js'
import { diverged, type Failure } from '../failure.js'

/**
 * Ends training where the loss of a step, or of an epoch's validation, is NaN or infinite, before that is kept or saved: as the
 * first of several callbacks. A checkpoint stays as it was.
 */
export const finiteLoss = <S>(lastCheckpoint: string | null): TrainCallback<S> => {
  const check = (where: string, loss: number): E.Either<Failure, Verdict> =>
    Number.isFinite(loss) ? goOn : E.left(diverged(where, 'a finite loss is', String(loss), lastCheckpoint))
  return {
    onStep: ({ epoch, doneSteps, figures }) => check(`epoch ${epoch + 1}, step ${doneSteps}`, figures.loss),
    onEpochEnd: ({ epoch, validation }) =>
      validation === null ? goOn : check(`epoch ${epoch + 1}, validation`, validation.loss),
  }
}
