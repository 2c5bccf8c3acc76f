import { type Shape, sizeOf } from '../../graph/aval.js'
import type { TypedArray } from '../../graph/dtype.js'
import type { BufferSpec, HostRoutine, HostStep } from '../../graph/kernel/program.js'
import { scalarOp } from '../../graph/kernel/scalar.js'
import type { CompiledStep } from './loopNest.js'

/** A running sum, product or extremum along one axis; float32 sums and products are kept in double precision. */
const compileCumulative = (
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

/** Addresses of the elements under a fixed index along `axes`, in row-major order of the other axes. */
const windowOffsets = (shape: Shape, strides: readonly number[], axes: readonly number[]): Int32Array => {
  let offsets = [0]
  shape.forEach((size, axis) => {
    if (!axes.includes(axis))
      offsets = offsets.flatMap((o) => Array.from({ length: size }, (_, i) => o + i * strides[axis]))
  })
  return Int32Array.from(offsets)
}

/** `out = x`, then `updates` added where the indices point; an update that points outside is dropped. */
const compileScatterAdd = (axes: readonly number[], target: BufferSpec, indexShape: Shape) => {
  const { shape } = target
  const strides = shape.map((_, i) => sizeOf(shape.slice(i + 1)))
  const offsets = windowOffsets(shape, strides, axes)
  const count = sizeOf(indexShape)
  return (x: TypedArray, indices: readonly TypedArray[], updates: TypedArray, out: TypedArray): void => {
    const sums: TypedArray = target.dtype === 'float32' ? Float64Array.from(x) : out
    if (sums === out) out.set(x)
    for (let i = 0; i < count; i++) {
      let base = 0
      let inside = true
      axes.forEach((axis, k) => {
        const at = indices[k][i]
        if (at < 0 || at >= shape[axis]) inside = false
        base += at * strides[axis]
      })
      if (!inside) continue
      for (let w = 0; w < offsets.length; w++) sums[base + offsets[w]] += updates[i * offsets.length + w]
    }
    if (target.dtype === 'bool') for (let i = 0; i < sums.length; i++) sums[i] = sums[i] !== 0 ? 1 : 0
    if (sums !== out) out.set(sums)
  }
}

/** A host routine on dense buffers. */
export const compileHost = (step: HostStep, specs: readonly BufferSpec[]): CompiledStep => {
  const output = step.outputs[0]
  if (step.call.routine === 'cumulative') {
    const run = compileCumulative(step.call, specs[output])
    return (buffers) => run(buffers[step.inputs[0]], buffers[output])
  }
  const [x, ...rest] = step.inputs
  const indices = rest.slice(0, -1)
  const updates = rest[rest.length - 1]
  const run = compileScatterAdd(step.call.axes, specs[output], specs[indices[0]]?.shape ?? [])
  return (buffers) =>
    run(
      buffers[x],
      indices.map((b) => buffers[b]),
      buffers[updates],
      buffers[output],
    )
}
