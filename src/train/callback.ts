import * as E from 'fp-ts/lib/Either.js'
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import type * as O from 'fp-ts/lib/Option.js'
import type { Figures, History } from './history.js'

/** Where training stands: a state, and what led to it. */
export type Position<S> = { readonly state: S; readonly history: History }

/** Something happened after so many steps of an epoch, which is counted from 0. */
export type TrainEvent<S> = {
  readonly epoch: number
  readonly doneSteps: number
  readonly stepsPerEpoch: number
  /** Where training stands: the history is copied, the state is good until the next step. */
  readonly position: () => Position<S>
}

/** A step was done: its batch's mean loss and share of right predictions, and the figures of the epoch so far. */
export type StepEvent<S> = TrainEvent<S> & {
  readonly loss: number
  readonly accuracy: number
  readonly figures: Figures
}

/** An epoch was done; `validation` are the figures of images that are not trained on. */
export type EpochEvent<S> = TrainEvent<S> & {
  readonly figures: Figures
  readonly validation: O.Option<Figures>
  /** What this process spent on it. */
  readonly seconds: number
}

/** Whether training is to go on. */
export type Verdict = 'go on' | 'stop'

/** What is done when something happens; a failure ends training. */
export type Hook<A, F> = (event: A) => Promise<E.Either<F, Verdict>>

/** What happens beside training: bars, logs, checkpoints, stopping early. Hooks that are left out do nothing. */
export type TrainCallback<S, F> = {
  /** Before the first step of this process. */
  readonly onStart?: Hook<TrainEvent<S>, F>
  /** Before the first step of an epoch, or of what is left of it. */
  readonly onEpochStart?: Hook<TrainEvent<S>, F>
  readonly onStep?: Hook<StepEvent<S>, F>
  readonly onEpochEnd?: Hook<EpochEvent<S>, F>
  /** Somebody asked to stop; the step at hand is done. */
  readonly onInterrupt?: Hook<TrainEvent<S>, F>
  /** Training is over, whatever ended it. */
  readonly onEnd?: Hook<void, F>
}

export const goOn: E.Either<never, Verdict> = E.right('go on')

const inTurn = <A, F>(
  first: Hook<A, F> | undefined,
  second: Hook<A, F> | undefined,
): Hook<A, F> | undefined => {
  if (first === undefined || second === undefined) return first ?? second
  return async (event) => {
    const a = await first(event)
    if (E.isLeft(a)) return a
    const b = await second(event)
    return E.isRight(b) && a.right === 'stop' ? a : b
  }
}

/** The second also where the first fails; the first failure stands. */
const both = <F>(
  first: Hook<void, F> | undefined,
  second: Hook<void, F> | undefined,
): Hook<void, F> | undefined => {
  if (first === undefined || second === undefined) return first ?? second
  return async () => {
    const [a, b] = [await first(), await second()]
    return E.isLeft(a) ? a : b
  }
}

/** Callbacks one after the other at every event: training stops if one says so. */
export const callbackMonoid = <S, F>(): Monoid<TrainCallback<S, F>> => ({
  empty: {},
  concat: (first, second) => ({
    onStart: inTurn(first.onStart, second.onStart),
    onEpochStart: inTurn(first.onEpochStart, second.onEpochStart),
    onStep: inTurn(first.onStep, second.onStep),
    onEpochEnd: inTurn(first.onEpochEnd, second.onEpochEnd),
    onInterrupt: inTurn(first.onInterrupt, second.onInterrupt),
    onEnd: both(first.onEnd, second.onEnd),
  }),
})
