import * as E from 'fp-ts/lib/Either.js'
import { goOn, type TrainCallback } from '../callback.js'
import type { Failure } from '../failure.js'

/** Ends training where a loss is NaN or infinite, before it is saved: the checkpoint stays as it was. */
export const finiteLoss = <S>(lastCheckpoint: string): TrainCallback<S, Failure> => ({
  onStep: async ({ epoch, doneSteps, loss }) =>
    Number.isFinite(loss)
      ? goOn
      : E.left({
          _tag: 'Diverged',
          message:
            `epoch ${epoch + 1}, step ${doneSteps}: a finite loss is required, got ${loss}. ` +
            `Start again with a smaller --lr; ${lastCheckpoint} is from before.`,
        }),
})
