import type { DType, TypedArray } from '../../ir/dtype.js'
import { internal } from '../../ir/errors.js'
import type { BufferId } from '../../ir/expr.js'
import { lastUses, reads, writes } from '../../ir/memory.js'
import type { Branch, BufferSpec, Loop, Program, While } from '../../ir/program.js'
import { chosenBranch } from './places.js'
import type { Work } from './waiting.js'

/** An array that belongs to whoever holds it, and is freed once. */
export interface OwnedArray<A> {
  readonly dtype: DType
  copy(): A
  free(): void
}

/** The arrays of a running program, by buffer. */
export type Arrays<A> = (A | undefined)[]

/** A compiled step: reads arrays, and sets those that it makes. `null`: it is done already. */
export type Run<A> = (arrays: Arrays<A>) => Work<void> | null

/** A compiled program: each output is an array of its own. */
export type RunProgram<A> = (inputs: readonly A[]) => Work<readonly A[]>

/** The elements of an array, not to be written to. */
export type Read<A> = (array: A) => Work<TypedArray>

export const arrayOf = <A>(arrays: Arrays<A>, id: BufferId): A => {
  const found = arrays[id]
  if (found === undefined) throw internal(`buffer ${id} is read before it is written`)
  return found
}

const arraysOf = <A>(arrays: Arrays<A>, ids: readonly BufferId[]): readonly A[] =>
  ids.map((id) => arrayOf(arrays, id))

/** Runs the steps of a program, and frees intermediate arrays after their last use. */
export const inTurn = <A extends OwnedArray<A>>(program: Program, runs: readonly Run<A>[]): RunProgram<A> => {
  const last = lastUses(program)
  const kept = new Set([...program.inputs, ...program.outputs])
  const steps = program.steps.map((step, at) => {
    const touched = new Set([...reads(step), ...writes(step)])
    return { run: runs[at], dead: [...touched].filter((id) => !kept.has(id) && last.get(id) === at) }
  })
  return function* (inputs) {
    const arrays: Arrays<A> = new Array(program.buffers.length)
    program.inputs.forEach((id, i) => {
      arrays[id] = inputs[i]
    })
    for (const { run, dead } of steps) {
      const work = run(arrays)
      if (work !== null) yield* work
      for (const id of dead) {
        const array = arrays[id]
        arrays[id] = undefined
        // control flow may hand on an array that has another name too
        if (array !== undefined && !arrays.includes(array) && !inputs.includes(array)) array.free()
      }
    }
    const made = new Set<A>()
    return program.outputs.map((id) => {
      const array = arrayOf(arrays, id)
      const isOwn = !inputs.includes(array) && !made.has(array)
      made.add(array)
      return isOwn ? array : array.copy()
    })
  }
}

/** Carried arrays: those of past runs are freed, the initial ones are not. */
class Carried<A extends OwnedArray<A>> {
  #now: readonly A[]

  readonly #initial: readonly A[]

  constructor(initial: readonly A[]) {
    this.#initial = initial

    this.#now = initial
  }

  get arrays(): readonly A[] {
    return this.#now
  }

  set(next: readonly A[]): void {
    if (this.#now !== this.#initial) for (const array of this.#now) array.free()
    this.#now = next
  }

  /** Hands the last ones on: copies, if there was no run. */
  store(arrays: Arrays<A>, ids: readonly BufferId[]): void {
    ids.forEach((id, i) => {
      arrays[id] = this.#now === this.#initial ? this.#now[i].copy() : this.#now[i]
    })
  }
}

/** How a backend gives a loop's body its slices, and puts the body's own together. */
export type Slicing<A> = {
  /** The inputs that the body has for slice `at` of stacked arrays, and those of them that are freed after it. */
  readonly slices: (
    stacks: readonly A[],
    at: number,
  ) => { readonly inputs: readonly A[]; readonly own: readonly A[] }
  /** Slices in their order as one array, in whose place they are freed. */
  readonly stacked: (slices: readonly A[], spec: BufferSpec) => Work<A>
}

export const runningLoop = <A extends OwnedArray<A>>(
  step: Loop,
  specs: readonly BufferSpec[],
  { slices, stacked }: Slicing<A>,
  body: RunProgram<A>,
): Run<A> =>
  function* (arrays) {
    const constants = arraysOf(arrays, step.constants)
    const stacks = arraysOf(arrays, step.stackedInputs)
    const made: A[][] = step.stackedOutputs.map(() => [])
    const carried = new Carried(arraysOf(arrays, step.initial))
    for (let k = 0; k < step.length; k++) {
      const at = step.reverse ? step.length - 1 - k : k
      const { inputs, own } = slices(stacks, at)
      const outputs = yield* body([...constants, ...carried.arrays, ...inputs])
      for (const array of own) array.free()
      carried.set(outputs.slice(0, step.carried.length))
      outputs.slice(step.carried.length).forEach((array, i) => {
        made[i][at] = array
      })
    }
    carried.store(arrays, step.carried)
    for (const [i, id] of step.stackedOutputs.entries()) arrays[id] = yield* stacked(made[i], specs[id])
  }

export const runningWhile = <A extends OwnedArray<A>>(
  step: While,
  read: Read<A>,
  condition: RunProgram<A>,
  body: RunProgram<A>,
): Run<A> =>
  function* (arrays) {
    const carried = new Carried(arraysOf(arrays, step.initial))
    for (;;) {
      const [going] = yield* condition([...arraysOf(arrays, step.conditionConstants), ...carried.arrays])
      const [goesOn] = yield* read(going)
      going.free()
      if (goesOn === 0) break
      carried.set(yield* body([...arraysOf(arrays, step.bodyConstants), ...carried.arrays]))
    }
    carried.store(arrays, step.carried)
  }

export const runningBranch = <A>(step: Branch, read: Read<A>, branches: readonly RunProgram<A>[]): Run<A> =>
  function* (arrays) {
    const [index] = yield* read(arrayOf(arrays, step.index))
    const results = yield* branches[chosenBranch(index, step)](arraysOf(arrays, step.inputs))
    step.outputs.forEach((id, i) => {
      arrays[id] = results[i]
    })
  }
