import { type Batched, isZero, type Tangent, Zero } from '../../graph/primitive.js'
import { splat, type Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatAval, sameShape } from '../../ir/aval.js'
import { type DType, isFloat, isInteger, weakest } from '../../ir/dtype.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'

/** Kinds of element types that primitives take. */
export type Accepts = 'float' | 'number' | 'integer' | 'logical' | 'any'

const accepts: Record<Accepts, (dtype: DType) => boolean> = {
  float: isFloat,
  number: (d) => d !== 'bool',
  integer: isInteger,
  logical: (d) => d === 'bool' || isInteger(d),
  any: () => true,
}

const wording: Record<Accepts, string> = {
  float: 'float32 or float64',
  number: 'a number type',
  integer: 'int32 or uint32',
  logical: 'bool or an integer type',
  any: 'any type',
}

/** @throws DTypeError unless the operand is of an accepted kind */
export const requireDType = (name: string, kind: Accepts, a: Aval): void => {
  if (!accepts[kind](a.dtype)) {
    throw new DTypeError(`${name}: ${wording[kind]} is required, got ${formatAval(a)}. Convert with astype.`)
  }
}

/** Shape rule of an elementwise primitive: operands of one shape and dtype; `out` sets another result dtype. */
export const elementwiseShape =
  (name: string, kind: Accepts, out?: DType) =>
  (avals: readonly Aval[]): readonly Aval[] => {
    const first = avals[0]
    requireDType(name, kind, first)
    for (const a of avals) {
      if (!sameShape(a.shape, first.shape)) {
        throw new ShapeError(
          `${name}: equal shapes are required, got ${avals.map(formatAval).join(' and ')}. Broadcast first.`,
        )
      }
      if (a.dtype !== first.dtype) {
        throw new DTypeError(
          `${name}: equal dtypes are required, got ${avals.map(formatAval).join(' and ')}. Convert with astype.`,
        )
      }
    }
    return [aval(first.shape, out ?? first.dtype, out === undefined && weakest(avals))]
  }

/** Zeros of an aval, as a constant that takes no storage. */
export const zerosLike = (x: { readonly aval: Aval }): Tensor => splat(0, x.aval)

/** `value` everywhere, of x's shape and dtype. */
export const fullLike = (x: { readonly aval: Aval }, value: number): Tensor => splat(value, x.aval)

/** A tangent as a tensor. */
export const instantiate = (t: Tangent): Tensor => (isZero(t) ? zerosLike(t) : t)

/** Tangents by output: the values in order where the mask is true, zeros elsewhere. */
export const spreadTangents = (
  outs: readonly { readonly aval: Aval }[],
  nonzero: readonly boolean[],
  values: readonly Tensor[],
): readonly Tangent[] => {
  let next = 0
  return outs.map((o, i) => (nonzero[i] ? values[next++] : new Zero(o.aval)))
}

/** The cotangent of a rule's only output; drivers never call a rule with a zero there. */
export const only = (cts: readonly Tangent[]): Tensor => cts[0] as Tensor

/** One output with a batch axis. */
export const mapped = (out: Tensor): Batched => ({ outs: [out], batched: [true] })
