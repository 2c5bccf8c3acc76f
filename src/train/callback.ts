import * as E from 'fp-ts/lib/Either.js'
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import type { Failure } from './failure.js'
import type { History } from './history.js'
import type { Figures } from './task.js'

/** Where training stands: a state, and what led to it. */
export type Position<S> = { readonly state: S; readonly history: History }

/** Something happened after so many steps of an epoch, which is counted from 0. */
export type TrainEvent<S> = {
  readonly epoch: number
  /** Epochs in all. */
  readonly epochs: number
  readonly doneSteps: number
  readonly stepsPerEpoch: number
  /** Examples of the epoch that are done, and all of them. */
  readonly doneExamples: number
  readonly examples: number
  /** Where training stands: the history is copied, the state is good until the next step. */
  readonly position: () => Position<S>
}

/** A step was done: the figures of its batch, and their means over the epoch so far. */
export type StepEvent<S, F extends Figures = Figures> = TrainEvent<S> & {
  readonly figures: F
  readonly means: F
}

/** An epoch was done: the means of its steps, and what validation gave after it. */
export type EpochEvent<S, F extends Figures = Figures> = TrainEvent<S> & {
  readonly means: F
  readonly validation: F | null
  /** Time that this process spent on it. */
  readonly seconds: number
}

/** Whether training is to go on. */
export type Verdict = 'go on' | 'stop'

/** A verdict (nothing said: `go on`), or a failure, which ends training. What a hook throws does so too. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that says nothing gives it
type Answer = Verdict | E.Either<Failure, Verdict> | void

/** Called when something happens. */
export type Hook<A> = (event: A) => Answer | Promise<Answer>

/** Hooks beside training, for bars, logs, checkpoints and early stopping. Those that are left out do nothing. */
export type TrainCallback<S, F extends Figures = Figures> = {
  /** Before the first step of this process. */
  readonly onStart?: Hook<TrainEvent<S>>
  /** Before the first step of an epoch, or of what is left of it. */
  readonly onEpochStart?: Hook<TrainEvent<S>>
  readonly onStep?: Hook<StepEvent<S, F>>
  readonly onEpochEnd?: Hook<EpochEvent<S, F>>
  /** Training ends within an epoch: somebody asked to stop, or a step's hook did. The step at hand is done. */
  readonly onInterrupt?: Hook<TrainEvent<S>>
  /** Training is over, whatever ended it. */
  readonly onEnd?: Hook<void>
}

export const goOn: E.Either<never, Verdict> = E.right('go on')

/** A hook's answer to an event; `go on` where there is no hook, or it says nothing. */
export const answerOf = async <A>(
  hook: Hook<A> | undefined,
  event: A,
): Promise<E.Either<Failure, Verdict>> => {
  const answer = await hook?.(event)
  return answer === undefined ? goOn : typeof answer === 'string' ? E.right(answer) : answer
}

const inTurn = <A>(first: Hook<A> | undefined, second: Hook<A> | undefined): Hook<A> | undefined => {
  if (first === undefined || second === undefined) return first ?? second
  return async (event) => {
    const a = await answerOf(first, event)
    if (E.isLeft(a)) return a
    const b = await answerOf(second, event)
    return E.isRight(b) && a.right === 'stop' ? a : b
  }
}

/** The second also where the first fails; the first failure stands. */
const both = (first: Hook<void> | undefined, second: Hook<void> | undefined): Hook<void> | undefined => {
  if (first === undefined || second === undefined) return first ?? second
  return async () => {
    const [a, b] = [await answerOf(first, undefined), await answerOf(second, undefined)]
    return E.isLeft(a) ? a : b
  }
}

/** Callbacks one after the other at every event: training stops if one says so. */
export const callbackMonoid = <S, F extends Figures>(): Monoid<TrainCallback<S, F>> => ({
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
