import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Position, TrainCallback } from './callback.js'
import type { Failure } from './failure.js'
import type { FitOptions } from './fitOptions.js'
import { emptyHistory } from './history.js'
import { type KeptVariables, keptOnHost } from './keptVariables.js'
import type { Figures, Task } from './task.js'

/** The place of a training: its start, and the records that are kept while it goes on. */
export type Place<S, F extends Figures> = {
  readonly start: TE.TaskEither<Failure, Position<S>>
  /** The folder of the checkpoints, for errors; `null` where there are none. */
  readonly checkpoints: string | null
  readonly kept: KeptVariables<S>
  /** Logs of what comes after the start, and checkpoints, which follow all else so that nothing is behind them. */
  readonly records: (
    start: Position<S>,
  ) => TE.TaskEither<
    Failure,
    { readonly logs: TrainCallback<S, F>; readonly checkpoints: TrainCallback<S, F> }
  >
}

/** The outcome of a run, and whether there is something to go on with. */
export type Ended<A> = { readonly value: A; readonly isBegun: boolean }

/** How a run is kept: opens its place, and closes it when the training there is over. */
export type Run = {
  readonly use: <S extends object, B, F extends Figures, A>(
    task: Task<S, B, F>,
    options: FitOptions<S, B, F>,
    training: (place: Place<S, F>) => TE.TaskEither<Failure, Ended<A>>,
  ) => TE.TaskEither<Failure, A>
}

/** A run of which nothing is written. */
export const inMemory: Run = {
  use: (task, { seed = 0 }, training) =>
    pipe(
      training({
        start: TE.fromIO(() => ({ state: task.init(seed), history: emptyHistory })),
        checkpoints: null,
        kept: keptOnHost(task),
        records: () => TE.right({ logs: {}, checkpoints: {} }),
      }),
      TE.map(({ value }) => value),
    ),
}
