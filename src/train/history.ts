import { GradError } from '../ir/errors.js'
import { type Figures, sortedNames } from './task.js'

/** Numbers over time, by name. */
type Series = Readonly<Record<string, Float64Array>>

/** The figures of every step so far, in order, and those of validation after each epoch, if there is any. The number of steps says where training stands. */
export type History = {
  /** The weight of each step's figures in means. */
  readonly weights: Float64Array
  readonly steps: Series
  /** An entry an epoch, or nothing. */
  readonly validation: Series
}

export const emptyHistory: History = { weights: new Float64Array(0), steps: {}, validation: {} }

/** The number of epochs that were validated. */
export const validatedEpochs = ({ validation }: History): number => validation['loss']?.length ?? 0

/** How an epoch is cut into steps: all of `batchSize` examples but for the last, which takes the rest. */
export type EpochPlan = { readonly examples: number; readonly batchSize: number }

export const stepsPerEpoch = ({ examples, batchSize }: EpochPlan): number => Math.ceil(examples / batchSize)

/** Σ weight and Σ weight·figure over some steps. */
type Sums = { readonly weight: number; readonly figures: Readonly<Record<string, number>> }

const noSums: Sums = { weight: 0, figures: {} }

const addStep = (sums: Sums, weight: number, figures: Readonly<Record<string, number>>): Sums => ({
  weight: sums.weight + weight,
  figures: Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, (sums.figures[name] ?? 0) + weight * value]),
  ),
})

/** Σ weight·figure / Σ weight. */
const meansOf = <F extends Figures>({ weight, figures }: Sums): F =>
  Object.fromEntries(Object.entries(figures).map(([name, sum]) => [name, sum / weight])) as F // of the task's names

/** Means over batches, one after the other. */
export class RunningMeans<F extends Figures> {
  #sums = noSums

  add(weight: number, figures: F): void {
    this.#sums = addStep(this.#sums, weight, figures)
  }

  get means(): F {
    return meansOf(this.#sums)
  }
}

/** The figures of the steps of an epoch that are done, added up in their order: a resumed run has those of one that never stopped, to the bit. */
export const epochMeans = <F extends Figures>(
  history: History,
  plan: EpochPlan,
  epoch: number,
): RunningMeans<F> => {
  const first = epoch * stepsPerEpoch(plan)
  const end = Math.min(history.weights.length, first + stepsPerEpoch(plan))
  const names = sortedNames(Object.keys(history.steps))
  const means = new RunningMeans<F>()
  for (let step = first; step < end; step++)
    means.add(
      history.weights[step],
      Object.fromEntries(names.map((name) => [name, history.steps[name][step]])) as F, // of the task's names
    )
  return means
}

const record = (what: string, series: Map<string, number[]>, length: number, figures: Figures): void => {
  const names = Object.keys(figures)
  if (length === 0) for (const name of names) series.set(name, [])
  if (names.length !== series.size || !names.every((name) => series.has(name)))
    throw new GradError(
      `fit: the figures ${[...series.keys()].join(', ')} are required of every ${what}, as of the first, got ${names.join(', ')}.`,
    )
  for (const [name, values] of series) values.push(figures[name])
}

const growing = (series: Series): Map<string, number[]> =>
  new Map(Object.entries(series).map(([name, values]) => [name, Array.from(values)]))
const copied = (series: Map<string, number[]>): Series =>
  Object.fromEntries([...series].map(([name, values]) => [name, Float64Array.from(values)]))

/** A history that grows. */
export class HistoryRecorder {
  readonly #weights: number[]
  readonly #steps: Map<string, number[]>
  readonly #validation: Map<string, number[]>

  constructor({ weights, steps, validation }: History) {
    this.#weights = Array.from(weights)
    this.#steps = growing(steps)
    this.#validation = growing(validation)
  }

  get steps(): number {
    return this.#weights.length
  }

  get validated(): number {
    return this.#validation.get('loss')?.length ?? 0
  }

  /** @throws GradError where the figures have other names than those of the first step */
  addStep(weight: number, figures: Figures): void {
    record('step', this.#steps, this.steps, figures)
    this.#weights.push(weight)
  }

  /** @throws GradError where the figures have other names than those of the first epoch */
  addValidation(figures: Figures): void {
    record('validation', this.#validation, this.validated, figures)
  }

  /** A copy of what was recorded so far. */
  history(): History {
    return {
      weights: Float64Array.from(this.#weights),
      steps: copied(this.#steps),
      validation: copied(this.#validation),
    }
  }
}
