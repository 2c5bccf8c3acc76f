import { aval, formatAval, formatShape, type Shape, sameShape } from '../graph/aval.js'
import { describe } from '../graph/describe.js'
import { isFloat, promoteTypes, storedValue } from '../graph/dtype.js'
import { DTypeError, ShapeError } from '../graph/errors.js'
import { splat, Tensor, type TensorLike } from '../graph/tensor.js'
import { broadcastInDim } from './broadcast.js'
import { convert } from './convert.js'

/** A JS value as a tensor: `true` is bool; a number is weakly float32, or weakly int32 beside integers. */
export const toTensor = (x: TensorLike, beside: 'float' | 'int' = 'float'): Tensor => {
  if (x instanceof Tensor) return x
  if (typeof x === 'boolean') return splat(x ? 1 : 0, aval([], 'bool'))
  if (typeof x !== 'number')
    throw new DTypeError(`tensor: a tensor, number or boolean is required, got ${describe(x)}. Use np.array.`)
  return beside === 'int'
    ? splat(storedValue('int32', x), aval([], 'int32', true))
    : splat(Math.fround(x), aval([], 'float32', true))
}

/** Operands converted to their common dtype. JS numbers take the dtype of the tensors beside them. */
export const promote = (name: string, xs: readonly TensorLike[]): readonly Tensor[] => {
  const tensors = xs.filter((x): x is Tensor => x instanceof Tensor)
  const numbers = xs.filter((x): x is number => typeof x === 'number')
  const integral =
    tensors.length > 0 && !tensors.some((t) => isFloat(t.dtype)) && numbers.every(Number.isInteger)
  const besideInteger =
    tensors.length > 0 && !tensors.some((t) => isFloat(t.dtype)) && tensors.some((t) => t.dtype !== 'bool')
  if (besideInteger && !integral) {
    throw new DTypeError(
      `${name}: an integral number is required beside ${tensors.map((t) => formatAval(t.aval)).join(', ')}, got ${numbers.find((n) => !Number.isInteger(n))}. Convert the tensor with astype('float32').`,
    )
  }
  const { dtype, weakType } = promoteTypes(xs.map((x) => toTensor(x, integral ? 'int' : 'float').aval))
  return xs.map((x) =>
    typeof x === 'number'
      ? splat(storedValue(dtype, x), aval([], dtype, weakType))
      : convert(toTensor(x), dtype, weakType),
  )
}

/** The shape that numpy's rule gives. @throws ShapeError */
export const broadcastShapes = (name: string, shapes: readonly Shape[]): Shape => {
  const rank = Math.max(0, ...shapes.map((s) => s.length))
  return Array.from({ length: rank }, (_, i) => {
    const sizes = shapes.map((s) => s[i - rank + s.length] ?? 1).filter((d) => d !== 1)
    if (sizes.some((d) => d !== sizes[0])) {
      throw new ShapeError(
        `${name}: shapes that broadcast are required, got ${shapes.map(formatShape).join(' and ')}. Sizes must be equal or 1, aligned at the last axis.`,
      )
    }
    return sizes[0] ?? 1
  })
}

/** numpy's broadcasting of one tensor to a shape. */
export const broadcastTo = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape)
    ? x
    : broadcastInDim(
        x,
        shape,
        x.shape.map((_, i) => i + shape.length - x.ndim),
      )

/** Operands of one dtype and one shape, as elementwise primitives want them. */
export const align = (name: string, xs: readonly TensorLike[]): readonly Tensor[] => {
  const promoted = promote(name, xs)
  const shape = broadcastShapes(
    name,
    promoted.map((t) => t.shape),
  )
  return promoted.map((t) => broadcastTo(t, shape))
}

/** A float tensor: integers and bools become float32. */
export const toFloat = (x: TensorLike): Tensor => {
  const t = toTensor(x)
  return isFloat(t.dtype) ? t : convert(t, 'float32', t.aval.weakType)
}
