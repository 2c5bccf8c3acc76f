import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { align, toTensor } from './lift.js'

/** Elementwise negation of a bool, or of every bit of an integer. */
export const notP = elementwise({
  name: 'not',
  takes: 'logical',
  jvp: 'zero',
})
/** ¬x for bools; all bits flipped for integers. */
export const not = (x: TensorLike): Tensor => bind1(notP, [toTensor(x)], {})

/** Elementwise conjunction of bools, or of the bits of integers. */
export const andP = elementwise({
  name: 'and',
  takes: 'logical',
  jvp: 'zero',
})
/** x ∧ y, bit by bit for integers, broadcast. */
export const and = (x: TensorLike, y: TensorLike): Tensor => bind1(andP, align('and', [x, y]), {})

/** Elementwise disjunction of bools, or of the bits of integers. */
export const orP = elementwise({
  name: 'or',
  takes: 'logical',
  jvp: 'zero',
})
/** x ∨ y, bit by bit for integers, broadcast. */
export const or = (x: TensorLike, y: TensorLike): Tensor => bind1(orP, align('or', [x, y]), {})

/** Elementwise exclusive or of bools, or of the bits of integers. */
export const xorP = elementwise({
  name: 'xor',
  takes: 'logical',
  jvp: 'zero',
})
/** x ⊻ y, bit by bit for integers, broadcast. */
export const xor = (x: TensorLike, y: TensorLike): Tensor => bind1(xorP, align('xor', [x, y]), {})
