import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { CheckpointState } from '../io/checkpoint.js'
import type { Failure } from './failure.js'
import { stateFromHost, stateToHost } from './stateOnHost.js'
import type { Figures, Task } from './task.js'

/** The variables of the best state so far: a step uses up the states themselves. */
export type KeptVariables<S> = {
  /** `epochs`: how many were done. */
  readonly keep: (state: S, epochs: number) => TE.TaskEither<Failure, void>
  /** The state with the variables that were kept. */
  readonly put: (state: S) => TE.TaskEither<Failure, S>
}

/** The variables of a state, under one key: what is kept of it. */
export const variablesOf = <S extends object, B, F extends Figures>(task: Task<S, B, F>, state: S) => ({
  variables: task.variables?.(state) ?? state,
})

/** The state with variables that were kept. */
export const withVariables = <S extends object, B, F extends Figures>(
  task: Task<S, B, F>,
  state: S,
  host: CheckpointState,
): S => {
  const { variables } = stateFromHost(variablesOf(task, state), host)
  // without `withVariables` they are a state
  return task.withVariables?.(state, variables) ?? (variables as S)
}

/** Keeps variables in memory. */
export const keptOnHost = <S extends object, B, F extends Figures>(task: Task<S, B, F>): KeptVariables<S> => {
  let kept: CheckpointState | null = null
  return {
    keep: (state) => async () => {
      kept = await stateToHost(variablesOf(task, state))
      return E.right(undefined)
    },
    put: (state) => TE.fromIO(() => (kept === null ? state : withVariables(task, state, kept))),
  }
}
