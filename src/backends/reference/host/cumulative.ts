import { sizeOf } from '../../../ir/aval.js'
import { type DType, isFloat, type TypedArray } from '../../../ir/dtype.js'
import type { BufferSpec, HostRoutine } from '../../../ir/program.js'
import { scalarOp } from '../../../ir/scalar.js'
import { doubleLoops, type RunningLoops, runningLoopsOf } from './runningLoops.js'

type Cumulative = Extract<HostRoutine, { routine: 'cumulative' }>

/** Rows one after another, for then memory is read in order. */
const loopsOf = (op: Cumulative['op'], dtype: DType): RunningLoops =>
  isFloat(dtype) || op === 'max' || op === 'min'
    ? doubleLoops[op]
    : runningLoopsOf(scalarOp(op, dtype, dtype))

/** A running sum, product or extremum along one axis; float32 sums and products are kept in double precision. */
export const compileCumulative = (
  { op, axis, reverse }: Cumulative,
  { shape, dtype }: BufferSpec,
): ((x: TypedArray, out: TypedArray) => void) => {
  const length = shape[axis]
  const stride = sizeOf(shape.slice(axis + 1))
  const outer = sizeOf(shape.slice(0, axis))
  const { along, across } = loopsOf(op, dtype)
  const run = stride === 1 ? along : across
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
