import { bind1 } from '../../graph/bind.js'
import { definePrimitive } from '../../graph/primitive.js'
import { splat, splatValue, type Tensor } from '../../graph/tensor.js'
import { aval, formatAval, formatShape, type Shape, sameShape, sizeOf } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { mapped, only } from '../rules/rules.js'

export type ReshapeParams = { readonly shape: Shape }

/** The same elements, in row-major order, in another shape. Linear; transposed by reshaping back. */
export const reshapeP = definePrimitive<ReshapeParams>({
  name: 'reshape',
  abstractEval: ([x], { shape }) => {
    if (sizeOf(shape) !== sizeOf(x.shape) || shape.some((d) => !Number.isInteger(d) || d < 0)) {
      throw new ShapeError(
        `reshape: ${sizeOf(x.shape)} elements are required, got ${formatShape(shape)} from ${formatAval(x)}.`,
      )
    }
    return [aval(shape, x.dtype, x.weakType)]
  },
  jvp: 'linear',
  linearize: 'fromJvp',
  transpose: (cts, [x]) => [reshape(only(cts), x.aval.shape)],
  batch: (size, [x], _b, { shape }) => mapped(reshape(x, [size, ...shape])),
  lower: (_avals, { shape }) => ({ kind: 'reshape', shape }),
})

/** x in another shape of the same size; one size may be −1, and is worked out. */
export const reshape = (x: Tensor, shape: Shape): Tensor => {
  const known = shape.filter((d) => d !== -1)
  const target =
    known.length === shape.length - 1 ? shape.map((d) => (d === -1 ? x.size / sizeOf(known) : d)) : shape
  if (sameShape(x.shape, target)) return x
  const value = splatValue(x)
  if (value !== null && sizeOf(target) === x.size && target.every(Number.isInteger))
    return splat(value, aval(target, x.dtype, x.aval.weakType))
  return bind1(reshapeP, [x], { shape: target })
}
