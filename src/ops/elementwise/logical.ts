import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwiseShape, scalarKernel } from '../rules/rules.js'
import { align, toTensor } from './lift.js'

/** Elementwise negation of bool, of every bit of an integer. */
export const notP = definePrimitive<NoParams>({
  name: 'not',
  abstractEval: elementwiseShape('not', 'logical'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('not'),
})
/** ¬x of bool; every bit flipped of an integer. */
export const not = (x: TensorLike): Tensor => bind1(notP, [toTensor(x)], {})

/** Elementwise conjunction of bools, of the bits of integers. */
export const andP = definePrimitive<NoParams>({
  name: 'and',
  abstractEval: elementwiseShape('and', 'logical'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('and'),
})
/** x ∧ y, bit by bit for integers, broadcast. */
export const and = (x: TensorLike, y: TensorLike): Tensor => bind1(andP, align('and', [x, y]), {})

/** Elementwise disjunction of bools, of the bits of integers. */
export const orP = definePrimitive<NoParams>({
  name: 'or',
  abstractEval: elementwiseShape('or', 'logical'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('or'),
})
/** x ∨ y, bit by bit for integers, broadcast. */
export const or = (x: TensorLike, y: TensorLike): Tensor => bind1(orP, align('or', [x, y]), {})

/** Elementwise exclusive or of bools, of the bits of integers. */
export const xorP = definePrimitive<NoParams>({
  name: 'xor',
  abstractEval: elementwiseShape('xor', 'logical'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('xor'),
})
/** x ⊻ y, bit by bit for integers, broadcast. */
export const xor = (x: TensorLike, y: TensorLike): Tensor => bind1(xorP, align('xor', [x, y]), {})
