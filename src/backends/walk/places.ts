import type { BufferId } from '../../ir/expr.js'
import type { Branch, Loop, While } from '../../ir/program.js'

/**
 * The places of the arrays in one run of a program: memory that exists before its steps write to it. A place P is the memory itself,
 * or its address.
 */
export interface Places<P> {
  of(id: BufferId): P
  /** The slices of an array along its leading axis, which is `length` long. */
  slices(id: BufferId, length: number): (at: number) => P
  /** Copies an array like `id`. */
  copy(from: P, to: P, id: BufferId): void
  /** The first element at a place of bools. */
  isTrue(place: P): boolean
  /** The only element of a scalar. */
  number(id: BufferId): number
}

/** Runs a program: reads inputs, writes outputs, which overlap neither them nor each other. */
export type RunOnPlaces<P> = (inputs: readonly P[], outputs: readonly P[]) => void

const allOf = <P>(places: Places<P>, ids: readonly BufferId[]): readonly P[] => ids.map((id) => places.of(id))

const copyAll = <P>(
  places: Places<P>,
  from: readonly P[],
  to: readonly P[],
  ids: readonly BufferId[],
): void => {
  ids.forEach((id, i) => {
    if (from[i] !== to[i]) places.copy(from[i], to[i], id)
  })
}

/** Carried values alternate between the outputs' places and `other` ones, and end in the outputs'. */
export const runLoop = <P>(
  { length, reverse, constants, initial, stackedInputs, carried, stackedOutputs }: Loop,
  places: Places<P>,
  other: readonly P[],
  body: RunOnPlaces<P>,
): void => {
  const fixed = allOf(places, constants)
  const xs = stackedInputs.map((id) => places.slices(id, length))
  const ys = stackedOutputs.map((id) => places.slices(id, length))
  const last = allOf(places, carried)
  let [from, to] = length % 2 === 0 ? [last, other] : [other, last]
  copyAll(places, allOf(places, initial), from, carried)
  for (let k = 0; k < length; k++) {
    const at = reverse ? length - 1 - k : k
    body([...fixed, ...from, ...xs.map((x) => x(at))], [...to, ...ys.map((y) => y(at))])
    ;[from, to] = [to, from]
  }
}

/** `goesOn`: a place for the condition's result. Carried values are as in `runLoop`. */
export const runWhile = <P>(
  { conditionConstants, bodyConstants, initial, carried }: While,
  places: Places<P>,
  other: readonly P[],
  goesOn: P,
  condition: RunOnPlaces<P>,
  body: RunOnPlaces<P>,
): void => {
  const fixedInCondition = allOf(places, conditionConstants)
  const fixed = allOf(places, bodyConstants)
  const last = allOf(places, carried)
  let [from, to] = [last, other]
  copyAll(places, allOf(places, initial), from, carried)
  for (;;) {
    condition([...fixedInCondition, ...from], [goesOn])
    if (!places.isTrue(goesOn)) break
    body([...fixed, ...from], to)
    ;[from, to] = [to, from]
  }
  copyAll(places, from, last, carried)
}

/** The branch that is chosen, by its number. */
export const chosenBranch = (index: number, { branches }: Branch): number =>
  Math.max(0, Math.min(index, branches.length - 1))

export const runBranch = <P>(
  step: Branch,
  places: Places<P>,
  run: (branch: number, inputs: readonly P[], outputs: readonly P[]) => void,
): void =>
  run(chosenBranch(places.number(step.index), step), allOf(places, step.inputs), allOf(places, step.outputs))
