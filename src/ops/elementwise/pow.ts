import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { isFloat, narrowType } from '../../ir/dtype.js'
import { elementwise } from '../rules/elementwise.js'
import { fullLike, zerosLike } from '../rules/rules.js'
import { abs } from './abs.js'
import { div, mul, sub } from './arithmetic.js'
import { eq, lt, ne } from './comparison.js'
import { convert } from './convert.js'
import { integerPow } from './integerPow.js'
import { align, broadcastTo, kindOf, promote, toTensor } from './lift.js'
import { log } from './log.js'
import { and } from './logical.js'
import { select } from './select.js'
import { shiftRightLogical } from './shifts.js'

/** x with 1 in the places where `where` holds, so that no rule meets ∞·0 there, at any order. */
const oneWhere = (where: Tensor, x: Tensor): Tensor => select(where, fullLike(x, 1), x)

/**
 * Elementwise x^y of floats; x⁰ = 1.   d x^y = y·x^(y−1)·dx + log(x)·x^y·dy
 *
 * At x = y = 0, ∂/∂x is 0, as along x⁰; at x = 0, ∂/∂y is 0, as along 0^y.
 */
export const powP = elementwise({
  name: 'pow',
  takes: 'float',
  jvp: [
    // ∂x: y·x^(y−1). Only x = y = 0 is guarded: elsewhere at y = 0 the mixed derivative is 1/x.
    (dx, [x, y]) => mul(dx, mul(y, pow(oneWhere(and(eq(x, 0), eq(y, 0)), x), sub(y, 1)))),
    // ∂y: log(x)·x^y
    (dy, [x], out) => mul(dy, mul(log(oneWhere(eq(x, 0), x)), out)),
  ],
})

/**
 * x^y, broadcast. A whole JS number as exponent is a repeated product. Of integers (bools are int32) the result is one,
 * modulo 2³²; for exponents below 0 the whole part of the true value, and 0 for x = 0.
 */
export const pow = (x: TensorLike, y: TensorLike): Tensor => {
  const kind = kindOf(y)
  const [a, b] = promote('pow', [x, y]).map((t) => (t.dtype === 'bool' ? convert(t, 'int32') : t))
  if (typeof y === 'number' && Math.abs(y) < 2 ** 32 && Number.isInteger(y)) return integerPow(a, y)
  if (kind !== null && narrowType(kind) !== 'float32') {
    if (kind === 'negative' && !isFloat(a.dtype)) return integerPow(a, -1)
    return wholePower(a, toTensor(y, 'int'))
  }
  const [base, exponent] = align('pow', [a, b])
  return isFloat(base.dtype) ? bind1(powP, [base, exponent], {}) : wholePower(base, exponent)
}

/** xⁿ for integers n, which are scalars or of x's shape. */
const wholePower = (x: Tensor, n: Tensor): Tensor => {
  const product = repeatedProduct(x, abs(n))
  if (n.dtype === 'uint32') return product
  const negative = broadcastTo(lt(n, 0), x.shape)
  if (isFloat(x.dtype)) return select(negative, div(fullLike(x, 1), product), product)
  return select(and(negative, ne(abs(x), 1)), zerosLike(x), product)
}

/**
 * xⁿ for n ≥ 0 by repeated squaring: the products of `integerPow`, and 1 for those that are left out. No factor is
 * squared in vain, so that no ∞ comes near derivatives.
 */
const repeatedProduct = (x: Tensor, n: Tensor): Tensor => {
  const one = fullLike(x, 1)
  const where = (condition: Tensor, value: Tensor): Tensor =>
    select(broadcastTo(condition, x.shape), value, one)
  let product = one
  let factor = x
  for (let bit = 0; bit < 32; bit++) {
    const rest = shiftRightLogical(n, bit)
    if (bit > 0) factor = where(ne(rest, 0), mul(factor, factor))
    product = mul(product, where(ne(and(rest, 1), 0), factor))
  }
  return product
}
