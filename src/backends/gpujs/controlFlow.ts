import { sizeOf } from '../../graph/aval.js'
import { allocate } from '../../graph/dtype.js'
import { internal } from '../../graph/errors.js'
import type { BufferId } from '../../graph/kernel/expr.js'
import type { Branch, Loop, Program, While } from '../../graph/kernel/program.js'
import { DeviceArray } from './deviceArray.js'
import type { Runtime } from './runtime.js'

/** The arrays of a running program, by buffer. */
export type Arrays = (DeviceArray | undefined)[]

/** A compiled step: reads arrays, and sets those that it makes. */
export type Run = (arrays: Arrays) => void

/** A compiled program: each output is an array of its own. */
export type RunProgram = (inputs: readonly DeviceArray[]) => readonly DeviceArray[]

export const arrayOf = (arrays: Arrays, id: BufferId): DeviceArray => {
  const found = arrays[id]
  if (found === undefined) throw internal(`gpujs: buffer ${id} is read before it is written`)
  return found
}

const arraysOf = (arrays: Arrays, ids: readonly BufferId[]): readonly DeviceArray[] =>
  ids.map((id) => arrayOf(arrays, id))

export const compileBranch =
  (step: Branch, branches: readonly RunProgram[]): Run =>
  (arrays) => {
    const index = arrayOf(arrays, step.index).host()[0]
    const results = branches[Math.min(Math.max(index, 0), branches.length - 1)](arraysOf(arrays, step.inputs))
    step.outputs.forEach((id, i) => {
      arrays[id] = results[i]
    })
  }

/** What a loop carries from one run to the next; arrays of past runs are freed, those it began with are not. */
class Carried {
  private now: readonly DeviceArray[]

  constructor(private readonly initial: readonly DeviceArray[]) {
    this.now = initial
  }

  get arrays(): readonly DeviceArray[] {
    return this.now
  }

  set(next: readonly DeviceArray[]): void {
    if (this.now !== this.initial) for (const array of this.now) array.free()
    this.now = next
  }

  /** Hands the last ones on: copies, if there was no run. */
  store(arrays: Arrays, ids: readonly BufferId[]): void {
    ids.forEach((id, i) => {
      arrays[id] = this.now === this.initial ? this.now[i].copy() : this.now[i]
    })
  }
}

export const compileWhile =
  (step: While, condition: RunProgram, body: RunProgram): Run =>
  (arrays) => {
    const carried = new Carried(arraysOf(arrays, step.initial))
    for (;;) {
      const [going] = condition([...arraysOf(arrays, step.conditionConstants), ...carried.arrays])
      const goesOn = going.host()[0] !== 0
      going.free()
      if (!goesOn) break
      carried.set(body([...arraysOf(arrays, step.bodyConstants), ...carried.arrays]))
    }
    carried.store(arrays, step.carried)
  }

/** Slices of stacked arrays are taken, and put together, on the host. */
export const compileLoop = (runtime: Runtime, step: Loop, program: Program, body: RunProgram): Run => {
  const first = step.constants.length + step.carried.length
  const sliceLengths = step.body.inputs.slice(first).map((id) => sizeOf(step.body.buffers[id].shape))
  return (arrays) => {
    const constants = arraysOf(arrays, step.constants)
    const stacked = arraysOf(arrays, step.stackedInputs)
    const results = step.stackedOutputs.map((id) => {
      const { dtype, shape } = program.buffers[id]
      return allocate(dtype, sizeOf(shape))
    })
    const carried = new Carried(arraysOf(arrays, step.initial))
    for (let k = 0; k < step.length; k++) {
      const at = step.reverse ? step.length - 1 - k : k
      const slices = stacked.map((array, i) => {
        const data = array.host().subarray(at * sliceLengths[i], (at + 1) * sliceLengths[i])
        return DeviceArray.onHost(runtime, array.dtype, data)
      })
      const outs = body([...constants, ...carried.arrays, ...slices])
      for (const slice of slices) slice.free()
      carried.set(outs.slice(0, step.carried.length))
      outs.slice(step.carried.length).forEach((array, i) => {
        results[i].set(array.host(), at * array.length)
        array.free()
      })
    }
    carried.store(arrays, step.carried)
    step.stackedOutputs.forEach((id, i) => {
      arrays[id] = DeviceArray.onHost(runtime, program.buffers[id].dtype, results[i])
    })
  }
}
