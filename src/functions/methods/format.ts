import { type Concrete, type Tensor, Tracer } from '../../graph/tensor.js'
import type { NestedArray } from '../../graph/tensorMethods.js'
import { formatAval, type Shape, sizeOf } from '../../ir/aval.js'
import type { DType, TypedArray } from '../../ir/dtype.js'
import { GradError } from '../../ir/errors.js'

/** More elements than this are summarised: the first and last few of each axis are shown. */
const summariseAbove = 1000
const edgeItems = 3
const lineWidth = 88

/** Row-major elements as nested arrays; bools as booleans. */
export const toNested = (data: TypedArray, shape: Shape, dtype: DType): NestedArray => {
  const build = (axis: number, from: number): NestedArray => {
    if (axis === shape.length) return dtype === 'bool' ? data[from] !== 0 : data[from]
    const stride = sizeOf(shape.slice(axis + 1))
    return Array.from({ length: shape[axis] }, (_, i) => build(axis + 1, from + i * stride))
  }
  return build(0, 0)
}

const formatNumber = (value: number, dtype: DType): string => {
  if (dtype === 'bool') return value !== 0 ? 'true' : 'false'
  if (Object.is(value, -0)) return '-0'
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value)
  return String(Number(value.toPrecision(dtype === 'float64' ? 8 : 6)))
}

const ellipsis = '...'

/** Positions of an axis to show, `null` for those left out. */
const shown = (size: number, summarise: boolean): readonly (number | null)[] => {
  const all = Array.from({ length: size }, (_, i) => i)
  return summarise && size > 2 * edgeItems
    ? [...all.slice(0, edgeItems), null, ...all.slice(-edgeItems)]
    : all
}

/** Elements in brackets, as numpy prints them: on one line if it is short, else one line a row. */
export const formatElements = (data: TypedArray, shape: Shape, dtype: DType): string => {
  const summarise = data.length > summariseAbove
  const write = (axis: number, from: number, separator: (axis: number) => string): string => {
    if (axis === shape.length) return formatNumber(data[from], dtype)
    const stride = sizeOf(shape.slice(axis + 1))
    const parts = shown(shape[axis], summarise).map((i) =>
      i === null ? ellipsis : write(axis + 1, from + i * stride, separator),
    )
    return `[${parts.join(separator(axis))}]`
  }
  const line = write(0, 0, () => ', ')
  if (line.length <= lineWidth || shape.length < 2) return line
  const rows = (axis: number) =>
    axis === shape.length - 1 ? ', ' : `,${'\n'.repeat(shape.length - 1 - axis)}${' '.repeat(axis + 1)}`
  return write(0, 0, rows)
}

/** `f32[2] [1, 2]`; `Tracer<f32[2] in grad(loss)>` for a traced value. */
export const formatTensor = (x: Tensor): string => {
  if (x instanceof Tracer) return `Tracer<${formatAval(x.aval)} in ${x.builder.name}>`
  const type = formatAval(x.aval)
  try {
    const text = formatElements((x as Concrete).read(), x.shape, x.dtype)
    return `${type}${text.includes('\n') ? '\n' : ' '}${text}`
  } catch (error) {
    if (!(error instanceof GradError)) throw error
    return `${type} (not readable: ${error.message})`
  }
}
