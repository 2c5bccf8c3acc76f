import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { zerosLike } from '../rules/rules.js'
import { mul, orLogical } from './arithmetic.js'
import { eq, gt, lt } from './comparison.js'
import { align } from './lift.js'
import { andP, orP } from './logical.js'
import { select } from './select.js'

/** 0 where the other operand was chosen, dx/2 at ties; dx passes where the result is NaN, as it does for either operand. */
const share = (dx: Tensor, passedOver: Tensor, tie: Tensor): Tensor =>
  select(passedOver, zerosLike(dx), select(tie, mul(dx, 0.5), dx))

/** Elementwise greater; NaN wins.   d max(x, y) = the greater one's tangent; half of each at a tie */
export const maxP = elementwise({
  name: 'max',
  takes: 'number',
  jvp: [(dx, [x, y]) => share(dx, lt(x, y), eq(x, y)), (dy, [x, y]) => share(dy, gt(x, y), eq(x, y))],
})
/** The greater of x and y, broadcast; NaN where either is. */
export const maximum = (x: TensorLike, y: TensorLike): Tensor =>
  orLogical(maxP, orP, align('maximum', [x, y]))

/** Elementwise lesser; NaN wins.   d min(x, y) = the lesser one's tangent; half of each at a tie */
export const minP = elementwise({
  name: 'min',
  takes: 'number',
  jvp: [(dx, [x, y]) => share(dx, gt(x, y), eq(x, y)), (dy, [x, y]) => share(dy, lt(x, y), eq(x, y))],
})
/** The lesser of x and y, broadcast; NaN where either is. */
export const minimum = (x: TensorLike, y: TensorLike): Tensor =>
  orLogical(minP, andP, align('minimum', [x, y]))
