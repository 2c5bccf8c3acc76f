import { type Shape, sizeOf } from '../../../ir/aval.js'
import { type DType, isFloat, type TypedArray } from '../../../ir/dtype.js'
import type { BufferSpec, HostRoutine } from '../../../ir/program.js'
import { scalarOp } from '../../../ir/scalar.js'

type Scatter = Extract<HostRoutine, { routine: 'scatter' }>

/**
 * Addresses of the elements under a fixed index along `axes`, in row-major order of the other axes; `null` where these
 * are the last ones, and the addresses neighbours.
 */
const windowOffsets = (
  shape: Shape,
  strides: readonly number[],
  axes: readonly number[],
): Int32Array | null => {
  if (shape.every((_, axis) => axes.includes(axis) === axis < axes.length)) return null
  let offsets = [0]
  shape.forEach((size, axis) => {
    if (!axes.includes(axis))
      offsets = offsets.flatMap((o) => Array.from({ length: size }, (_, i) => o + i * strides[axis]))
  })
  return Int32Array.from(offsets)
}

/** Combines one update, at `from` in `updates`, with the elements of the window at `base`. */
type CombineWindow = (results: TypedArray, base: number, updates: TypedArray, from: number) => void

/** How the elements there and an update make new ones. The common cases are loops of their own. */
const windowCombination = (
  combine: Scatter['combine'],
  dtype: DType,
  offsets: Int32Array | null,
  size: number,
): CombineWindow => {
  if (combine === 'set') {
    if (offsets === null)
      return (results, base, updates, from) => {
        for (let w = 0; w < size; w++) results[base + w] = updates[from + w]
      }
    return (results, base, updates, from) => {
      for (let w = 0; w < size; w++) results[base + offsets[w]] = updates[from + w]
    }
  }
  if (combine === 'add' && isFloat(dtype)) {
    if (offsets === null)
      return (results, base, updates, from) => {
        for (let w = 0; w < size; w++) results[base + w] += updates[from + w]
      }
    return (results, base, updates, from) => {
      for (let w = 0; w < size; w++) results[base + offsets[w]] += updates[from + w]
    }
  }
  const wide = dtype === 'float32' ? 'float64' : dtype
  const join = scalarOp(combine, wide, wide)
  return (results, base, updates, from) => {
    for (let w = 0; w < size; w++) {
      const at = base + (offsets === null ? w : offsets[w])
      results[at] = join(results[at], updates[from + w], 0)
    }
  }
}

/**
 * `out = x`, then each update in turn combined with the element its indices point at; one that points outside is
 * dropped. `count` index tuples. Sums and products of float32 are kept in double precision.
 */
export const compileScatter = (
  { combine, axes }: Scatter,
  target: BufferSpec,
  count: number,
): ((x: TypedArray, indices: readonly TypedArray[], updates: TypedArray, out: TypedArray) => void) => {
  const { shape } = target
  const strides = shape.map((_, i) => sizeOf(shape.slice(i + 1)))
  const offsets = windowOffsets(shape, strides, axes)
  const size = sizeOf(shape.filter((_, axis) => !axes.includes(axis)))
  const combineWindow = windowCombination(combine, target.dtype, offsets, size)
  const accumulates = target.dtype === 'float32' && (combine === 'add' || combine === 'mul')
  return (x, indices, updates, out) => {
    const results: TypedArray = accumulates ? new Float64Array(x) : out
    if (results === out) out.set(x)
    for (let i = 0; i < count; i++) {
      let base = 0
      let inside = true
      for (let k = 0; k < axes.length; k++) {
        const at = indices[k][i]
        if (at < 0 || at >= shape[axes[k]]) inside = false
        base += at * strides[axes[k]]
      }
      if (!inside) continue
      combineWindow(results, base, updates, i * size)
    }
    if (results !== out) out.set(results)
  }
}
