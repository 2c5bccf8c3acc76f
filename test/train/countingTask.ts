import * as E from 'fp-ts/lib/Either.js'
import type { Dataset } from '../../src/data/dataset.js'
import { fromHost, type Tensor } from '../../src/graph/tensor.js'
import { aval } from '../../src/ir/aval.js'
import type { Position } from '../../src/train/callback.js'
import type { Failure } from '../../src/train/failure.js'
import { emptyHistory } from '../../src/train/history.js'
import type { Figures, Task } from '../../src/train/task.js'
import '../../src/index.js'

/** What a task without a model has seen, u32[2]: a number that depends on every example and on their order, and the steps. */
export type Seen = { readonly seen: Tensor }

export type Numbers = { readonly indices: Uint32Array; readonly values: Uint32Array }

export type CountingFigures = Figures & { readonly accuracy: number }

export type CountingTask = Required<Task<Seen, Numbers, CountingFigures>>

/** FNV-1a over whole numbers. */
const mix = (start: number, numbers: ArrayLike<number>): number => {
  let h = start
  for (let i = 0; i < numbers.length; i++) h = Math.imul(h ^ numbers[i], 16777619) >>> 0
  return h
}

/** What is told before a step or a judgement is done; what it throws or stops happens there. */
export type Told = (what: 'step' | 'judge', batch: Numbers) => void

export const seenOf = ({ seen }: Seen): readonly [mixed: number, steps: number] => {
  const [mixed, steps] = seen.dataSync()
  return [mixed, steps]
}

const stateOf = (mixed: number, steps: number): Seen => ({
  seen: fromHost(Uint32Array.of(mixed, steps), aval([2], 'uint32')),
})

/**
 * A task without a model: its figures are drawn from all that it has seen, so that two runs agree if and only if they have seen the
 * same examples in the same order.
 */
export const countingTask = (tell: Told = () => {}): CountingTask => ({
  name: 'counting',
  init: (seed) => stateOf(mix(2166136261, [seed]), 0),
  step: async (state, batch) => {
    tell('step', batch)
    const [mixed, steps] = seenOf(state)
    const next = mix(mix(mixed, batch.indices), batch.values)
    const size = batch.indices.length
    return {
      state: stateOf(next, steps + 1),
      figures: { loss: 0.1 + (next % 9973) / 3, accuracy: (next % (size + 1)) / size },
    }
  },
  judge: (state, batch) => {
    tell('judge', batch)
    const judged = mix(mix(seenOf(state)[0], batch.indices), batch.values)
    return { figures: { loss: (judged % 7) / 3, accuracy: (judged % 5) / 4 } }
  },
  variables: (state) => state,
  withVariables: (_state, variables) => variables as Seen, // `variables` made it
})

/** A dataset of whole numbers; `salt` makes others. */
export const numbers = (count: number, salt = 0): Dataset<Numbers> => ({
  count,
  batch: (indices) => ({ indices, values: Uint32Array.from(indices, (i) => mix(salt + 1, [i, count])) }),
})

export const fresh = (): Position<Seen> => ({ state: countingTask().init(0), history: emptyHistory })

/** A position as plain numbers. */
export const plainPosition = ({ state, history }: Position<Seen>) => ({ seen: seenOf(state), history })

/** @throws where it failed */
export const right = <A>(result: E.Either<Failure, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}
