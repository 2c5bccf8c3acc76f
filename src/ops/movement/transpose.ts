import { bind1 } from '../../graph/bind.js'
import { definePrimitive } from '../../graph/primitive.js'
import { splat, splatValue, type Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatAval } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { mapped, only } from '../rules/rules.js'

/** Axis i of the result is axis `perm[i]` of the operand. */
export type TransposeParams = { readonly perm: readonly number[] }

/** The permutation that undoes `perm`. */
export const inverse = (perm: readonly number[]): readonly number[] => perm.map((_, i) => perm.indexOf(i))

const permuted = (x: Aval, perm: readonly number[]): Aval => {
  if (perm.length !== x.shape.length || !x.shape.every((_, i) => perm.includes(i))) {
    throw new ShapeError(
      `transpose: a permutation of the ${x.shape.length} axes of ${formatAval(x)} is required, got [${perm.join(',')}].`,
    )
  }
  return aval(
    perm.map((p) => x.shape[p]),
    x.dtype,
    x.weakType,
  )
}

/** The same elements with axes in another order. Linear; transposed by the inverse permutation. */
export const transposeP = definePrimitive<TransposeParams>({
  name: 'transpose',
  abstractEval: ([x], { perm }) => [permuted(x, perm)],
  jvp: 'linear',
  linearize: 'fromJvp',
  transpose: (cts, _xs, { perm }) => [transpose(only(cts), inverse(perm))],
  batch: (_size, [x], _b, { perm }) => mapped(transpose(x, [0, ...perm.map((p) => p + 1)])),
  lower: ([x], { perm }) => ({
    kind: 'move',
    shape: perm.map((p) => x.shape[p]),
    axes: inverse(perm).map((axis) => ({ axis, offset: 0, step: 1 })),
  }),
})

/** x with its axes permuted: axis i of the result is axis `perm[i]` of x. */
export const transpose = (x: Tensor, perm: readonly number[]): Tensor => {
  if (perm.length === x.ndim && perm.every((p, i) => p === i)) return x
  const value = splatValue(x)
  if (value !== null) return splat(value, permuted(x.aval, perm))
  return bind1(transposeP, [x], { perm })
}
