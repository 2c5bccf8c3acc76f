import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { ne } from './comparison.js'
import { toFloat } from './lift.js'
import { and, not } from './logical.js'

/** Elementwise test: neither infinite nor NaN. f[...s] → bool[...s] */
export const isFiniteP = elementwise({
  name: 'isFinite',
  takes: 'float',
  gives: 'bool',
  jvp: 'zero',
})
/** Whether x is neither infinite nor NaN. */
export const isFinite = (x: TensorLike): Tensor => bind1(isFiniteP, [toFloat(x)], {})

/** Whether x is NaN. */
export const isNaN = (x: TensorLike): Tensor => ne(x, x)

/** Whether x is +∞ or −∞. */
export const isInf = (x: TensorLike): Tensor => and(not(isFinite(x)), not(isNaN(x)))
