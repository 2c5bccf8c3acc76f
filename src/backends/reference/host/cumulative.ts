import { sizeOf } from '../../../graph/aval.js'
import { type DType, isFloat, type TypedArray } from '../../../graph/dtype.js'
import type { BufferSpec, HostRoutine } from '../../../graph/kernel/program.js'
import { scalarOp } from '../../../graph/kernel/scalar.js'

type Cumulative = Extract<HostRoutine, { routine: 'cumulative' }>

/** Combines rows, the first of which is at `from`, with the running values, and writes what these are then. */
type Run = (
  x: TypedArray,
  out: TypedArray,
  from: number,
  step: number,
  length: number,
  running: Float64Array,
) => void

/** Rows one after another, for then memory is read in order; `isAlong`: they are of one element. The most common combination is a loop of its own. */
const runOf = (op: Cumulative['op'], dtype: DType, isAlong: boolean): Run => {
  if (op === 'add' && isFloat(dtype))
    return isAlong
      ? (x, out, from, step, length, running) => {
          let sum = running[0]
          for (let t = 0, at = from; t < length; t++, at += step) out[at] = sum += x[at]
        }
      : (x, out, from, step, length, running) => {
          const size = running.length
          for (let t = 0, at = from; t < length; t++, at += step)
            for (let i = 0; i < size; i++) out[at + i] = running[i] += x[at + i]
        }
  const wide = dtype === 'float32' ? 'float64' : dtype
  const combine = scalarOp(op, wide, wide)
  if (isAlong)
    return (x, out, from, step, length, running) => {
      let joined = running[0]
      for (let t = 0, at = from; t < length; t++, at += step) {
        joined = combine(joined, x[at], 0)
        out[at] = joined
      }
    }
  return (x, out, from, step, length, running) => {
    const size = running.length
    for (let t = 0, at = from; t < length; t++, at += step)
      for (let i = 0; i < size; i++) {
        const next = combine(running[i], x[at + i], 0)
        running[i] = next
        out[at + i] = next
      }
  }
}

/** A running sum, product or extremum along one axis; float32 sums and products are kept in double precision. */
export const compileCumulative = (
  { op, axis, reverse }: Cumulative,
  { shape, dtype }: BufferSpec,
): ((x: TypedArray, out: TypedArray) => void) => {
  const length = shape[axis]
  const stride = sizeOf(shape.slice(axis + 1))
  const outer = sizeOf(shape.slice(0, axis))
  const run = runOf(op, dtype, stride === 1)
  const step = reverse ? -stride : stride
  return (x, out) => {
    if (length === 0) return
    const running = new Float64Array(stride)
    for (let o = 0; o < outer; o++) {
      const first = (o * length + (reverse ? length - 1 : 0)) * stride
      for (let i = 0; i < stride; i++) {
        running[i] = x[first + i]
        out[first + i] = running[i]
      }
      run(x, out, first + step, step, length - 1, running)
    }
  }
}
