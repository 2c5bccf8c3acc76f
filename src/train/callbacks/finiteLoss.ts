import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { goOn, type TrainCallback, type Verdict } from '../callback.js'
import { diverged, type Failure } from '../failure.js'

/**
 * Ends training where the loss of a step, or of an epoch's validation, is NaN or infinite, before that is kept or saved: as the
 * first of several callbacks. The checkpoint stays as it was.
 */
export const finiteLoss = <S>(lastCheckpoint: string): TrainCallback<S, Failure> => {
  const check = (what: string, loss: number): E.Either<Failure, Verdict> =>
    Number.isFinite(loss) ? goOn : E.left(diverged(what, 'a finite loss is', String(loss), lastCheckpoint))
  return {
    onStep: async ({ epoch, doneSteps, loss }) => check(`epoch ${epoch + 1}, step ${doneSteps}`, loss),
    onEpochEnd: async ({ epoch, validation }) =>
      O.isSome(validation) ? check(`epoch ${epoch + 1}, validation`, validation.value.loss) : goOn,
  }
}
