import { bind1 } from '../graph/bind.js'
import { definePrimitive, type NoParams } from '../graph/primitive.js'
import type { Tensor, TensorLike } from '../graph/tensor.js'
import { mul, sub } from './arithmetic.js'
import { eq } from './comparison.js'
import { integerPow } from './integerPow.js'
import { align, promote } from './lift.js'
import { log } from './log.js'
import { and } from './logical.js'
import { elementwiseShape, fullLike, scalarKernel } from './rules.js'
import { select } from './select.js'

/** x with 1 in the places where `where` holds, so that no rule meets ∞·0 there, at any order. */
const oneWhere = (where: Tensor, x: Tensor): Tensor => select(where, fullLike(x, 1), x)

/**
 * Elementwise x^y of floats; x⁰ = 1.   d x^y = y·x^(y−1)·dx + log(x)·x^y·dy
 *
 * At x = y = 0, ∂/∂x is 0, as along x⁰; at x = 0, ∂/∂y is 0, as along 0^y.
 */
export const powP = definePrimitive<NoParams>({
  name: 'pow',
  abstractEval: elementwiseShape('pow', 'float'),
  jvp: [
    // ∂x: y·x^(y−1). Only x = y = 0 is guarded: elsewhere at y = 0 the mixed derivative is 1/x.
    (dx, [x, y]) => mul(dx, mul(y, pow(oneWhere(and(eq(x, 0), eq(y, 0)), x), sub(y, 1)))),
    // ∂y: log(x)·x^y
    (dy, [x], out) => mul(dy, mul(log(oneWhere(eq(x, 0), x)), out)),
  ],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('pow'),
})

/** x^y, broadcast. An integral JS number as exponent is a repeated product, of integers too. */
export const pow = (x: TensorLike, y: TensorLike): Tensor =>
  typeof y === 'number' && Number.isSafeInteger(y)
    ? integerPow(promote('pow', [x, y])[0], y)
    : bind1(powP, align('pow', [x, y]), {})
