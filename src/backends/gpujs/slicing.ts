import { sizeOf } from '../../ir/aval.js'
import { allocate, type DType } from '../../ir/dtype.js'
import type { BufferSpec } from '../../ir/program.js'
import type { RunProgram, Slicing } from '../walk/arrays.js'
import { arrived, doNow } from '../walk/waiting.js'
import { DeviceArray } from './deviceArray.js'
import type { Runtime } from './runtime.js'

/** Slices that are put behind each other by one kernel. */
const stackedAtOnce = 8

/** Compiles a kernel that puts arrays of these lengths behind each other. */
type Stack = (lengths: readonly number[], dtype: DType) => RunProgram<DeviceArray>

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
      const [whole] = doNow(stack(lengths, dtype)(group))
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

/** For the body that `readingStacks` makes of a loop's: it gets the stacked arrays as they are, and the number of the slice. */
export const slicingByNumber = (runtime: Runtime, stack: Stack): Slicing<DeviceArray> => ({
  slices: (stacks, at) => {
    const which = DeviceArray.onHost(runtime, 'int32', Int32Array.of(at))
    return { inputs: [...stacks, which], own: [which] }
  },
  stacked: (slices, spec) => arrived(stacked(runtime, slices, spec, stack)),
})
