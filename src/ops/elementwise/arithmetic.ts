import { bind1 } from '../../graph/bind.js'
import { isLinear, type NoParams, type Primitive } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { isFloat } from '../../ir/dtype.js'
import { elementwise } from '../rules/elementwise.js'
import { fullLike, only, zerosLike } from '../rules/rules.js'
import { eq, lt, ne } from './comparison.js'
import { align, alignFloats, toTensor } from './lift.js'
import { and, andP, orP } from './logical.js'
import { floor, round } from './rounding.js'
import { select } from './select.js'

/** Elementwise sum.   d(x + y) = dx + dy */
export const addP = elementwise({
  name: 'add',
  takes: 'number',
  jvp: [(dx) => dx, (dy) => dy],
  transpose: (cts, [x, y]) => [isLinear(x) ? only(cts) : null, isLinear(y) ? only(cts) : null],
})
/** x + y, broadcast; for bools, x or y, as in NumPy. */
export const add = (x: TensorLike, y: TensorLike): Tensor => orLogical(addP, orP, align('add', [x, y]))

/** A primitive of numbers, and its counterpart for bools. @internal */
export const orLogical = (
  ofNumbers: Primitive<NoParams>,
  ofBools: Primitive<NoParams>,
  operands: readonly Tensor[],
): Tensor => bind1(operands[0].dtype === 'bool' ? ofBools : ofNumbers, operands, {})

/** The sum of two tangents, which are of one type and shape. @internal */
export const accumulate = (x: Tensor, y: Tensor): Tensor => bind1(addP, [x, y], {})

/** Elementwise difference.   d(x − y) = dx − dy */
export const subP = elementwise({
  name: 'sub',
  takes: 'number',
  jvp: [(dx) => dx, (dy) => neg(dy)],
  transpose: (cts, [x, y]) => [isLinear(x) ? only(cts) : null, isLinear(y) ? neg(only(cts)) : null],
})
/** x − y, broadcast. */
export const sub = (x: TensorLike, y: TensorLike): Tensor => bind1(subP, align('sub', [x, y]), {})

/** Elementwise product.   d(x·y) = dx·y + x·dy */
export const mulP = elementwise({
  name: 'mul',
  takes: 'number',
  jvp: [(dx, [, y]) => mul(dx, y), (dy, [x]) => mul(x, dy)],
  transpose: (cts, [x, y]) => [
    isLinear(x) ? mul(only(cts), y as Tensor) : null,
    isLinear(y) ? mul(x as Tensor, only(cts)) : null,
  ],
})
/** x · y, broadcast; for bools, x and y. */
export const mul = (x: TensorLike, y: TensorLike): Tensor => orLogical(mulP, andP, align('mul', [x, y]))

/** Elementwise negation.   d(−x) = −dx */
export const negP = elementwise({
  name: 'neg',
  takes: 'number',
  jvp: 'linear',
  transpose: (cts) => [neg(only(cts))],
})
/** −x. */
export const neg = (x: TensorLike): Tensor => bind1(negP, [toTensor(x)], {})

/** Elementwise quotient, truncated for integers.   d(x/y) = dx/y − (x/y)/y·dy */
export const divP = elementwise({
  name: 'div',
  takes: 'number',
  jvp: [(dx, [, y]) => div(dx, y), (dy, [, y], q) => neg(mul(dy, div(q, y)))],
  transpose: (cts, [x, y]) => [isLinear(x) ? div(only(cts), y as Tensor) : null, null],
})
/** x / y, broadcast. Integers become float32. */
export const div = (x: TensorLike, y: TensorLike): Tensor => bind1(divP, alignFloats('div', [x, y]), {})

/** Elementwise remainder of truncated division, with the sign of x.   d rem(x, y) = dx − trunc(x/y)·dy */
export const remP = elementwise({
  name: 'rem',
  takes: 'number',
  // trunc(x/y) is (x − rem)/y: x/y itself may be rounded up to the next whole number.
  jvp: [(dx) => dx, (dy, [x, y], r) => neg(mul(dy, round(div(sub(x, r), y))))],
})
/** x − trunc(x/y)·y, broadcast: the sign is that of x. */
export const rem = (x: TensorLike, y: TensorLike): Tensor => bind1(remP, align('rem', [x, y]), {})

/** Whether truncated division rounded up: there is a remainder, and its sign is not y's. */
const roundedUp = (remainder: Tensor, y: Tensor): Tensor =>
  and(ne(remainder, 0), ne(lt(remainder, 0), lt(y, 0)))

/** ⌊x / y⌋, broadcast; an integer for integers. */
export const floorDivide = (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = align('floorDivide', [x, y])
  const remainder = rem(a, b)
  const oneLess = select(roundedUp(remainder, b), fullLike(b, 1), zerosLike(b))
  if (!isFloat(a.dtype)) return sub(bind1(divP, [a, b], {}), oneLess)
  return select(eq(b, 0), floor(div(a, b)), round(sub(div(sub(a, remainder), b), oneLess)))
}

/** x − ⌊x / y⌋·y, broadcast: the sign is that of y. */
export const mod = (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = align('mod', [x, y])
  const remainder = rem(a, b)
  return select(roundedUp(remainder, b), add(remainder, b), remainder)
}
