import { bind1 } from '../../graph/bind.js'
import type { OperandReader } from '../../graph/lowering.js'
import { definePrimitive, isLinear } from '../../graph/primitive.js'
import { splat, splatValue, type Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatAval, sizeOf } from '../../ir/aval.js'
import { weakest } from '../../ir/dtype.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import { apply, compare, constant, type Expr, loopIndex, select as selectExpr } from '../../ir/expr.js'
import { mapped, only } from '../rules/rules.js'
import { withBatchAxis } from './batching.js'
import { sliceAxis } from './slice.js'

export type ConcatenateParams = { readonly axis: number }

const joined = (xs: readonly Aval[], axis: number): Aval => {
  const first = xs[0]
  if (first === undefined) throw new ShapeError('concatenate: at least one tensor is required, got none.')
  const rank = first.shape.length
  const fits = (x: Aval) =>
    x.shape.length === rank && x.shape.every((d, i) => i === axis || d === first.shape[i])
  if (!Number.isInteger(axis) || axis < 0 || axis >= rank || !xs.every(fits)) {
    throw new ShapeError(
      `concatenate: shapes equal but along axis ${axis} are required, got ${xs.map(formatAval).join(', ')}.`,
    )
  }
  if (xs.some((x) => x.dtype !== first.dtype)) {
    throw new DTypeError(
      `concatenate: equal dtypes are required, got ${xs.map(formatAval).join(', ')}. Convert with astype.`,
    )
  }
  return aval(
    first.shape.map((d, i) => (i === axis ? xs.reduce((n, x) => n + x.shape[axis], 0) : d)),
    first.dtype,
    weakest(xs),
  )
}

/** The position along the axis at which each operand begins. */
const starts = (sizes: readonly number[]): readonly number[] =>
  sizes.map((_, i) => sizes.slice(0, i).reduce((n, d) => n + d, 0))

/** Tensors one after the other along an axis. Linear in each; the transpose cuts the cotangent. */
export const concatenateP = definePrimitive<ConcatenateParams>({
  name: 'concatenate',
  abstractEval: (xs, { axis }) => [joined(xs, axis)],
  jvp: 'linear',
  linearize: 'fromJvp',
  transpose: (cts, xs, { axis }) => {
    const sizes = xs.map((x) => x.aval.shape[axis])
    const from = starts(sizes)
    return xs.map((x, i) => (isLinear(x) ? sliceAxis(only(cts), axis, from[i], from[i] + sizes[i]) : null))
  },
  batch: (size, xs, batched, { axis }) =>
    mapped(
      concatenate(
        xs.map((x, i) => withBatchAxis(size, x, batched[i])),
        axis + 1,
      ),
    ),
  lower: (xs, { axis }) => ({
    kind: 'indexed',
    value: (read) => chosen(xs, axis, read) ?? constant(0, xs[0].dtype),
  }),
})

/** The operand in whose range the index lies (`null`: all are empty); reads of the others stay inside them. */
const chosen = (xs: readonly Aval[], axis: number, read: OperandReader): Expr | null => {
  const from = starts(xs.map((x) => x.shape[axis]))
  const parts = xs.flatMap((x, i) => {
    if (sizeOf(x.shape) === 0) return []
    const axes = x.shape.map((_, a) =>
      a === axis ? { axis: null, offset: 0, step: 0 } : { axis: a, offset: 0, step: 1 },
    )
    const index = apply('sub', [loopIndex(axis), constant(from[i], 'int32')])
    return [{ value: read(i, axes, [{ axis, index }]), end: from[i] + x.shape[axis] }]
  })
  return parts.reduceRight<Expr | null>(
    (rest, { value, end }) =>
      rest === null ? value : selectExpr(compare('lt', loopIndex(axis), constant(end, 'int32')), value, rest),
    null,
  )
}

/** More operands than this are joined in groups: a kernel finds the operand of every element by comparisons. */
const groupSize = 32

/** Tensors of one dtype joined in order along `axis`; their other sizes are equal. */
export const concatenate = (xs: readonly Tensor[], axis: number): Tensor => {
  const out = joined(
    xs.map((x) => x.aval),
    axis,
  )
  if (xs.length === 1) return xs[0]
  if (sizeOf(out.shape) === 0) return splat(0, out)
  const values = xs.map(splatValue)
  const value = values[0]
  if (value !== null && values.every((v) => Object.is(v, value))) return splat(value, out)
  if (xs.length <= groupSize) return bind1(concatenateP, xs, { axis })
  const groups = Array.from({ length: Math.ceil(xs.length / groupSize) }, (_, g) =>
    concatenate(xs.slice(g * groupSize, (g + 1) * groupSize), axis),
  )
  return concatenate(groups, axis)
}
