import { bind1 } from '../../graph/bind.js'
import { definePrimitive } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { formatAval } from '../../ir/aval.js'
import { isFloat } from '../../ir/dtype.js'
import { DTypeError, GradError } from '../../ir/errors.js'
import { apply, constant, type Expr } from '../../ir/expr.js'
import { pointwise } from '../rules/elementwise.js'
import { elementwiseShape, fullLike, zerosLike } from '../rules/rules.js'
import { mul } from './arithmetic.js'
import { toTensor } from './lift.js'

export type IntegerPowParams = { readonly n: number }

/** xⁿ by repeated squaring, n ≥ 1; equal factors are one node. */
const repeatedSquaring = (x: Expr, n: number): Expr => {
  let result: Expr | null = null
  for (let rest = n, factor = x; ; factor = apply('mul', [factor, factor])) {
    if (rest % 2 === 1) result = result === null ? factor : apply('mul', [result, factor])
    rest = Math.floor(rest / 2)
    if (rest === 0) return result as Expr
  }
}

/** xⁿ for a constant whole n of either sign (n ≥ 0 for integers); x⁰ = 1.   d xⁿ = n·xⁿ⁻¹·dx, 0 for n = 0 */
export const integerPowP = definePrimitive<IntegerPowParams>({
  name: 'integerPow',
  abstractEval: ([x], { n }) => {
    if (!Number.isSafeInteger(n))
      throw new GradError(`integerPow: a whole exponent is required, got ${n}. Use pow.`)
    if (n < 0 && !isFloat(x.dtype)) {
      throw new DTypeError(
        `integerPow: an exponent of at least 0 is required for integers, got ${formatAval(x)} to the ${n}. Convert with astype('float32').`,
      )
    }
    return elementwiseShape('integerPow', 'number')([x])
  },
  jvp: [(dx, [x], y, { n }) => (n === 0 ? zerosLike(y) : mul(dx, mul(integerPow(x, n - 1), n)))],
  ...pointwise,
  lower: ([a], { n }) => ({
    kind: 'elementwise',
    values: ([x]) => {
      const one = constant(1, a.dtype)
      if (n === 0) return [one]
      const power = repeatedSquaring(x, Math.abs(n))
      return [n > 0 ? power : apply('div', [one, power])]
    },
  }),
})
/** xⁿ for a constant whole n; x⁰ = 1 everywhere. */
export const integerPow = (x: TensorLike, n: number): Tensor => {
  const t = toTensor(x)
  return n === 0 ? fullLike(t, 1) : n === 1 ? t : bind1(integerPowP, [t], { n })
}
