import { whereMade } from '../../graph/builder.js'
import { describe } from '../../graph/describe.js'
import { type Concrete, splat, Tensor, type TensorLike } from '../../graph/tensor.js'
import { type Aval, aval, formatAval, formatShape, type Shape, sameShape } from '../../ir/aval.js'
import {
  type DType,
  fittedValue,
  holdsKind,
  isFloat,
  type NumberKind,
  narrowType,
  numberKind,
  promoteTypes,
  type Weakness,
} from '../../ir/dtype.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import { broadcastInDim } from '../movement/broadcast.js'
import { convert } from './convert.js'
import { fromTyped } from './typedArray.js'

const ofKind = (kind: NumberKind): Aval => aval([], 'float64', kind)

const numbers: Record<NumberKind, Aval> = {
  natural: ofKind('natural'),
  negative: ofKind('negative'),
  unsigned: ofKind('unsigned'),
  huge: ofKind('huge'),
  fraction: ofKind('fraction'),
}

/** A JS number as a tensor that keeps all its digits, and takes the type that an operation asks for. */
export const numberTensor = (value: number): Concrete => splat(value, numbers[numberKind(value)])

/** The kind of a JS number, traced or not; `null` for tensors and booleans. */
export const kindOf = (x: TensorLike): NumberKind | null => {
  if (typeof x === 'number') return numberKind(x)
  return x instanceof Tensor && typeof x.aval.weakType === 'string' ? x.aval.weakType : null
}

/** x as a dtype; a JS number loses no digits before that. @throws DTypeError where the dtype cannot hold the number */
export const asType = (name: string, x: TensorLike, dtype: DType, weakType: Weakness = false): Tensor => {
  if (typeof x === 'number') return splat(fittedValue(name, dtype, x), aval([], dtype, weakType))
  const kind = kindOf(x)
  const t = kind === null ? toTensor(x) : (x as Tensor)
  if (kind === null) return convert(t, dtype, weakType)
  if (!holdsKind(dtype, kind))
    throw new DTypeError(
      `${name}: a number that ${dtype} holds is required, got ${formatAval(t.aval)}. Choose another dtype.`,
    )
  // convert where the number comes from: loops then take the type that they need, and convert nothing
  return whereMade(t, () => convert(t, dtype, weakType))
}

/** A JS value as a tensor: `true` is bool; a number is weakly float32, or weakly an integer beside integers; a typed array is copied. */
export const toTensor = (x: TensorLike, beside: 'float' | 'int' = 'float'): Tensor => {
  const kind = kindOf(x)
  if (kind !== null) {
    return asType('tensor', x, beside === 'int' ? narrowType(kind) : 'float32', true)
  }
  if (x instanceof Tensor) return x
  if (typeof x === 'boolean') return splat(x ? 1 : 0, aval([], 'bool'))
  if (ArrayBuffer.isView(x)) return fromTyped('tensor', x)
  throw new DTypeError(
    `tensor: a tensor, number, boolean or typed array is required, got ${describe(x)}. Use np.array.`,
  )
}

const isLike = ({ aval: { dtype } }: Tensor, x: TensorLike): x is Tensor =>
  x instanceof Tensor && x.aval.dtype === dtype && x.aval.weakType === false

/** Operands converted to their common dtype. JS numbers take the dtype of the tensors beside them. */
export const promote = (name: string, xs: readonly TensorLike[]): readonly Tensor[] => {
  const [first] = xs
  if (first instanceof Tensor && xs.every((x): x is Tensor => isLike(first, x))) return xs
  const given = xs.map((x) =>
    typeof x === 'number' ? numberTensor(x) : x instanceof Tensor ? x : toTensor(x),
  )
  const { dtype, weakType } = promoteTypes(given.map((t) => t.aval))
  return xs.map((x, i) => asType(name, typeof x === 'number' ? x : given[i], dtype, weakType))
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

/** Operands of one dtype and one shape, as elementwise primitives require. */
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

/** `align`, for operations on real numbers: integer and bool tensors become float32 first. */
export const alignFloats = (name: string, xs: readonly TensorLike[]): readonly Tensor[] =>
  align(
    name,
    xs.map((x) => (kindOf(x) === null ? toFloat(x) : x)),
  )
