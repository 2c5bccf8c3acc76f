import { sizeOf } from '../../../graph/aval.js'
import type { TypedArray } from '../../../graph/dtype.js'
import type { BufferSpec, HostRoutine } from '../../../graph/kernel/program.js'
import { scalarOp } from '../../../graph/kernel/scalar.js'

/** A running sum, product or extremum along one axis; float32 sums and products are kept in double precision. */
export const compileCumulative = (
  { op, axis, reverse }: Extract<HostRoutine, { routine: 'cumulative' }>,
  { shape, dtype }: BufferSpec,
): ((x: TypedArray, out: TypedArray) => void) => {
  const length = shape[axis]
  const stride = sizeOf(shape.slice(axis + 1))
  const outer = sizeOf(shape.slice(0, axis))
  const wide = dtype === 'float32' ? 'float64' : dtype
  const combine = scalarOp(op, wide, wide)
  return (x, out) => {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < stride; i++) {
        const base = o * length * stride + i
        let running = 0
        for (let t = 0; t < length; t++) {
          const at = base + (reverse ? length - 1 - t : t) * stride
          running = t === 0 ? x[at] : combine(running, x[at], 0)
          out[at] = running
        }
      }
    }
  }
}
