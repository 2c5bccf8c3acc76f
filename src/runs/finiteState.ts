import * as E from 'fp-ts/lib/Either.js'
import type { CheckpointState } from '../io/checkpoint.js'
import { flattenState } from '../io/stateTree.js'
import { diverged, type Failure } from '../train/failure.js'

/** The place of the first number that is NaN or infinite; −1 where there is none. */
const firstNotFinite = (data: ArrayLike<number>): number => {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return i
  return -1
}

/**
 * That all numbers of a state are finite, parameters and moments alike: a loss says so of the state before the last update alone.
 * `where` and `lastCheckpoint` are for the error.
 */
export const requireFiniteState = <S extends CheckpointState>(
  state: S,
  where: string,
  lastCheckpoint: string,
): E.Either<Failure, S> => {
  for (const [path, { data }] of Object.entries(flattenState(state))) {
    const at = firstNotFinite(data)
    if (at >= 0) return E.left(diverged(where, 'a finite state is', `${data[at]} in ${path}`, lastCheckpoint))
  }
  return E.right(state)
}
