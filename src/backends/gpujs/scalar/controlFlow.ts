import { sizeOf } from '../../../ir/aval.js'
import { internal } from '../../../ir/errors.js'
import type { BufferId } from '../../../ir/expr.js'
import type { Branch, Loop, Program, While } from '../../../ir/program.js'
import type { Work } from '../../walk/waiting.js'
import type { ScalarDevice } from './device.js'
import { joined, type ScalarArray } from './scalarArray.js'

/** The arrays of a running program, by buffer. */
export type Arrays = (ScalarArray | undefined)[]

/** A compiled step: reads arrays, and sets those that it makes. */
export type Run = (arrays: Arrays) => Work<void>

/** A compiled program: each output is an array of its own. */
export type RunProgram = (inputs: readonly ScalarArray[]) => Work<readonly ScalarArray[]>

export const arrayOf = (arrays: Arrays, id: BufferId): ScalarArray => {
  const found = arrays[id]
  if (found === undefined) throw internal(`gpujs: buffer ${id} is read before it is written`)
  return found
}

const arraysOf = (arrays: Arrays, ids: readonly BufferId[]): readonly ScalarArray[] =>
  ids.map((id) => arrayOf(arrays, id))

export const compileBranch = (step: Branch, branches: readonly RunProgram[]): Run =>
  function* (arrays) {
    const [index] = yield* arrayOf(arrays, step.index).host()
    const chosen = branches[Math.min(Math.max(index, 0), branches.length - 1)]
    const results = yield* chosen(arraysOf(arrays, step.inputs))
    step.outputs.forEach((id, i) => {
      arrays[id] = results[i]
    })
  }

/** What a loop carries from one run to the next; arrays of past runs are freed, those it began with are not. */
class Carried {
  #now: readonly ScalarArray[]

  readonly #initial: readonly ScalarArray[]

  constructor(initial: readonly ScalarArray[]) {
    this.#initial = initial

    this.#now = initial
  }

  get arrays(): readonly ScalarArray[] {
    return this.#now
  }

  set(next: readonly ScalarArray[]): void {
    if (this.#now !== this.#initial) for (const array of this.#now) array.free()
    this.#now = next
  }

  /** Hands the last ones on: copies, if there was no run. */
  store(arrays: Arrays, ids: readonly BufferId[]): void {
    ids.forEach((id, i) => {
      arrays[id] = this.#now === this.#initial ? this.#now[i].copy() : this.#now[i]
    })
  }
}

export const compileWhile = (step: While, condition: RunProgram, body: RunProgram): Run =>
  function* (arrays) {
    const carried = new Carried(arraysOf(arrays, step.initial))
    for (;;) {
      const [going] = yield* condition([...arraysOf(arrays, step.conditionConstants), ...carried.arrays])
      const [goesOn] = yield* going.host()
      going.free()
      if (goesOn === 0) break
      carried.set(yield* body([...arraysOf(arrays, step.bodyConstants), ...carried.arrays]))
    }
    carried.store(arrays, step.carried)
  }

/** Slices of stacked arrays are taken, and put together, where these are. */
export const compileLoop = (device: ScalarDevice, step: Loop, program: Program, body: RunProgram): Run => {
  const first = step.constants.length + step.carried.length
  const sliceLengths = step.body.inputs.slice(first).map((id) => sizeOf(step.body.buffers[id].shape))
  return function* (arrays) {
    const constants = arraysOf(arrays, step.constants)
    const stacked = arraysOf(arrays, step.stackedInputs)
    const parts: ScalarArray[][] = step.stackedOutputs.map(() => [])
    const carried = new Carried(arraysOf(arrays, step.initial))
    for (let k = 0; k < step.length; k++) {
      const at = step.reverse ? step.length - 1 - k : k
      const slices = stacked.map((array, i) => array.slice(at * sliceLengths[i], sliceLengths[i]))
      const outs = yield* body([...constants, ...carried.arrays, ...slices])
      for (const slice of slices) slice.free()
      carried.set(outs.slice(0, step.carried.length))
      outs.slice(step.carried.length).forEach((array, i) => {
        parts[i][at] = array
      })
    }
    carried.store(arrays, step.carried)
    for (const [i, id] of step.stackedOutputs.entries()) {
      const { dtype, shape } = program.buffers[id]
      arrays[id] = yield* joined(device, dtype, parts[i], sizeOf(shape))
      for (const part of parts[i]) part.free()
    }
  }
}
