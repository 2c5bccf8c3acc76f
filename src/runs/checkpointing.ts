import * as E from 'fp-ts/lib/Either.js'
import { goOn, type Position, type TrainCallback, type TrainEvent, type Verdict } from '../train/callback.js'
import type { Failure } from '../train/failure.js'

/**
 * Saves where training stands: before the first step of all, every `every` steps (counted from the first of all), after
 * each epoch, and when somebody asks to stop. As the last of several callbacks, so that logs are never behind it.
 */
export const checkpointing = <S>(
  every: number,
  save: (position: Position<S>, epoch: number) => Promise<E.Either<Failure, void>>,
): TrainCallback<S> => {
  const saving = async ({ position }: TrainEvent<S>, epoch: number): Promise<E.Either<Failure, Verdict>> => {
    const saved = await save(position(), epoch)
    return E.isLeft(saved) ? saved : goOn
  }
  return {
    onStart: (event) => (event.epoch === 0 && event.doneSteps === 0 ? saving(event, 0) : goOn),
    onStep: (event) => {
      const { epoch, doneSteps, stepsPerEpoch } = event
      const isDue = (epoch * stepsPerEpoch + doneSteps) % every === 0 && doneSteps < stepsPerEpoch
      return isDue ? saving(event, epoch) : goOn
    },
    onEpochEnd: (event) => saving(event, event.epoch + 1),
    onInterrupt: (event) => saving(event, event.epoch),
  }
}
