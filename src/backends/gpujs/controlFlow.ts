import { sizeOf } from '../../ir/aval.js'
import { allocate, type DType } from '../../ir/dtype.js'
import { internal } from '../../ir/errors.js'
import type { BufferId } from '../../ir/expr.js'
import type { Branch, BufferSpec, Loop, Program, While } from '../../ir/program.js'
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
  #now: readonly DeviceArray[]

  readonly #initial: readonly DeviceArray[]

  constructor(initial: readonly DeviceArray[]) {
    this.#initial = initial

    this.#now = initial
  }

  get arrays(): readonly DeviceArray[] {
    return this.#now
  }

  set(next: readonly DeviceArray[]): void {
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

/** Slices that are put behind each other by one kernel. */
const stackedAtOnce = 8

/** Compiles a kernel that puts arrays of these lengths behind each other. */
type Stack = (lengths: readonly number[], dtype: DType) => RunProgram

/** The slices of a stacked result as one array: on the device, unless one of them is on the host. */
const stacked = (
  runtime: Runtime,
  slices: readonly DeviceArray[],
  { dtype, shape }: BufferSpec,
  stack: Stack,
): DeviceArray => {
  if (slices.length === 1) return slices[0]
  if (slices.length > 0 && slices.every((s) => s.isOnDevice)) {
    const groups = Array.from({ length: Math.ceil(slices.length / stackedAtOnce) }, (_, g) =>
      slices.slice(g * stackedAtOnce, (g + 1) * stackedAtOnce),
    )
    const joined = groups.map((group) => {
      if (group.length === 1) return group[0]
      const lengths = group.map((s) => s.length)
      const [whole] = stack(lengths, dtype)(group)
      for (const s of group) s.free()
      return whole
    })
    return stacked(runtime, joined, { dtype, shape }, stack)
  }
  const whole = allocate(dtype, sizeOf(shape))
  let at = 0
  for (const s of slices) {
    whole.set(s.host(), at)
    at += s.length
    s.free()
  }
  return DeviceArray.onHost(runtime, dtype, whole)
}

/** `body` is that of `readingStacks`. */
export const compileLoop =
  (runtime: Runtime, step: Loop, program: Program, body: RunProgram, stack: Stack): Run =>
  (arrays) => {
    const constants = arraysOf(arrays, step.constants)
    const stacks = arraysOf(arrays, step.stackedInputs)
    const slices: DeviceArray[][] = step.stackedOutputs.map(() => [])
    const carried = new Carried(arraysOf(arrays, step.initial))
    for (let k = 0; k < step.length; k++) {
      const which = DeviceArray.onHost(
        runtime,
        'int32',
        Int32Array.of(step.reverse ? step.length - 1 - k : k),
      )
      const outs = body([...constants, ...carried.arrays, ...stacks, which])
      which.free()
      carried.set(outs.slice(0, step.carried.length))
      outs.slice(step.carried.length).forEach((array, i) => {
        slices[i].push(array)
      })
    }
    carried.store(arrays, step.carried)
    step.stackedOutputs.forEach((id, i) => {
      const inOrder = step.reverse ? slices[i].reverse() : slices[i]
      arrays[id] = stacked(runtime, inOrder, program.buffers[id], stack)
    })
  }
