import type { Tensor } from '../graph/tensor.js'
import { GradError } from '../ir/errors.js'

/**
 * The figures of a task: means over examples, by name. `loss` is the one that is learnt by, and training stops where it is
 * not finite; there may be others beside it, such as `accuracy`.
 */
export type Figures = { readonly loss: number; readonly [name: string]: number }

/** The figures of a batch: numbers, or tensors of one element. */
export type Measured<F extends Figures = Figures> = {
  readonly figures: { readonly [K in keyof F]: number | Tensor }
  /** Their weight in means over batches: the number of examples, unless another is given (a number of tokens, say). */
  readonly weight?: number | Tensor
}

/** The result of a step: the next state, and the figures of its batch before the update. */
export type Stepped<S, F extends Figures = Figures> = Measured<F> & { readonly state: S }

/**
 * Something to be learnt. `S` is all that changes while training (parameters, moments, random key): a tree of tensors. No function
 * here changes it, but a step may use it up: its memory becomes that of the next state, and later use of it throws.
 *
 * The state of a step follows from the state before and the batch alone. Then a run that was stopped anywhere and resumed ends in the same
 * bits as one that was not.
 */
export type Task<S extends object, B, F extends Figures = Figures> = {
  /** Checkpoints of tasks of other names are refused. */
  readonly name: string
  /** The state before the first step. */
  readonly init: (seed: number) => S
  readonly step: (state: S, batch: B) => Stepped<S, F> | Promise<Stepped<S, F>>
  /** The figures of a batch that is not learnt from: for validation. */
  readonly judge?: (state: S, batch: B) => Measured<F> | Promise<Measured<F>>
  /** The part of a state that it is judged by, such as the parameters: kept of the best epoch. Left out, it is the state itself. */
  readonly variables?: (state: S) => object
  /** The state with the variables of another: left out, where these are states. */
  readonly withVariables?: (state: S, variables: object) => S
}

/** The loss first, then the others by name: the order in which figures are written, whichever they come in. */
export const sortedNames = (names: readonly string[]): readonly string[] => [
  'loss',
  ...names.filter((name) => name !== 'loss').sort(),
]

/** The numbers of what was measured, read from their device together; the weight is `size` where none is said. */
export const readMeasured = async <F extends Figures>(
  { figures, weight = Number.NaN }: Measured<F>,
  size: number,
): Promise<{ readonly figures: F; readonly weight: number }> => {
  const numberOf = async (value: number | Tensor): Promise<number> =>
    typeof value === 'number' ? value : Number((await value.data())[0])
  if (figures?.loss === undefined)
    throw new GradError(
      `fit: a loss is required among the figures of a batch, got ${Object.keys(figures ?? {}).join(', ') || 'none'}. Give figures: { loss }.`,
    )
  const named = sortedNames(Object.keys(figures)).map((name) => [name, figures[name as keyof F]] as const)
  const [own, ...values] = await Promise.all([weight, ...named.map(([, value]) => value)].map(numberOf))
  return {
    // of the same names as what was measured
    figures: Object.fromEntries(named.map(([name], i) => [name, values[i]])) as F,
    weight: Number.isNaN(own) ? size : own,
  }
}
