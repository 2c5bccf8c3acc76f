import { bind1 } from '../../graph/bind.js'
import { definePrimitive, isLinear, isZero, type NoParams, Zero } from '../../graph/primitive.js'
import { splat, type Tensor, type TensorLike } from '../../graph/tensor.js'
import { aval, formatAval, sameShape } from '../../ir/aval.js'
import { DTypeError } from '../../ir/errors.js'
import { apply, compare, constant, type Expr, loopIndex, select as selectExpr } from '../../ir/expr.js'
import { sub } from '../elementwise/arithmetic.js'
import { ge, lt } from '../elementwise/comparison.js'
import { and } from '../elementwise/logical.js'
import { maximum, minimum } from '../elementwise/maximum.js'
import { select } from '../elementwise/select.js'
import { batchIndices, withBatchAxis } from '../movement/batching.js'
import { broadcastInDim } from '../movement/broadcast.js'
import { iota } from '../movement/iota.js'
import { inverse, transpose } from '../movement/transpose.js'
import { instantiate, mapped, only, zerosLike } from '../rules/rules.js'
import { dynamicSlice, requireWindow, startsOf, windowStart } from './dynamicSlice.js'
import { gather } from './gather.js'

/**
 * x with the window at computed starts replaced; starts are moved so that it fits. Linear in x and update. Transposes:
 * x ← ct with zeros in the window, update ← the window of ct.
 */
export const dynamicUpdateSliceP = definePrimitive<NoParams>({
  name: 'dynamicUpdateSlice',
  abstractEval: ([x, update, ...starts]) => {
    requireWindow('dynamicUpdateSlice', x, update.shape, starts)
    if (update.dtype !== x.dtype) {
      throw new DTypeError(
        `dynamicUpdateSlice: an update of the operand's dtype is required, got ${formatAval(update)} for ${formatAval(x)}. Convert with astype.`,
      )
    }
    return [aval(x.shape, x.dtype, x.weakType && update.weakType)]
  },
  jvp: {
    // d dynamicUpdateSlice(x, u, s) = dynamicUpdateSlice(dx, du, s)
    whole: ([x, update, ...starts], [dx, du]) => {
      const out = dynamicUpdateSlice(x, update, starts)
      if (isZero(dx) && isZero(du)) return { outs: [out], tangents: [new Zero(out.aval)] }
      return { outs: [out], tangents: [dynamicUpdateSlice(instantiate(dx), instantiate(du), starts)] }
    },
  },
  linearize: 'fromJvp',
  transpose: (cts, [x, update, ...operands]) => {
    const ct = only(cts)
    const starts = operands as readonly Tensor[]
    return [
      isLinear(x) ? dynamicUpdateSlice(ct, zerosLike(update), starts) : null,
      isLinear(update) ? dynamicSlice(ct, starts, update.aval.shape) : null,
      ...starts.map(() => null),
    ]
  },
  batch: (size, [x, update, ...starts], [xBatched, updateBatched, ...batched]) => {
    const base = withBatchAxis(size, x, xBatched)
    const put = withBatchAxis(size, update, updateBatched)
    if (batched.includes(true)) return mapped(putWindows(base, put, starts, batched))
    return mapped(dynamicUpdateSlice(base, put, [splat(0, aval([], 'int32')), ...starts]))
  },
  lower: ([x, update]) => ({
    kind: 'indexed',
    value: (read) => {
      const own = x.shape.map((_, axis) => ({ axis, offset: 0, step: 1 }))
      const moving = x.shape.flatMap((d, axis) => (update.shape[axis] < d ? [axis] : []))
      const tests: Expr[] = []
      const dynamic = moving.map((axis) => {
        const start = windowStart(read, 2 + axis, x.shape[axis] - update.shape[axis])
        const index = apply('sub', [loopIndex(axis), start])
        tests.push(
          compare('ge', index, constant(0, 'int32')),
          compare('lt', index, constant(update.shape[axis], 'int32')),
        )
        return { axis, index }
      })
      const inside = tests.reduce<Expr>((a, b) => apply('and', [a, b]), constant(1, 'bool'))
      const axes = own.map((map) => (moving.includes(map.axis) ? { axis: null, offset: 0, step: 0 } : map))
      return selectExpr(inside, read(1, axes, dynamic), read(0, own))
    },
  }),
})

/** One window for each member of the batch: the update read at every place of x, and chosen where it lies there. */
const putWindows = (
  x: Tensor,
  update: Tensor,
  starts: readonly Tensor[],
  batched: readonly boolean[],
): Tensor => {
  const [size, ...own] = x.shape
  const sizes = update.shape.slice(1)
  const moving = sizes.flatMap((n, axis) => (n < own[axis] ? [axis] : []))
  if (moving.length === 0) return update
  if (update.size === 0) return x
  const shape = [size, ...moving.map((axis) => own[axis])]
  const indices = moving.map((axis, k) => {
    const start = maximum(
      minimum(withBatchAxis(size, starts[axis], batched[axis]), own[axis] - sizes[axis]),
      0,
    )
    return sub(iota('int32', shape, k + 1), broadcastInDim(start, shape, [0]))
  })
  const inside = moving
    .map((axis, k) => and(ge(indices[k], 0), lt(indices[k], sizes[axis])))
    .reduce((a, b) => and(a, b))
  const still = sizes.flatMap((_, axis) => (moving.includes(axis) ? [] : [axis]))
  const everywhere = gather(
    update,
    batchIndices(
      size,
      indices,
      indices.map(() => true),
    ),
    [0, ...moving.map((a) => a + 1)],
  )
  const order = inverse([0, ...[...moving, ...still].map((a) => a + 1)])
  const mask = broadcastInDim(inside, x.shape, [0, ...moving.map((a) => a + 1)])
  return select(mask, transpose(everywhere, order), x)
}

/** x with `update` at `starts` counted from the front, which are moved so that it fits. @internal */
export const dynamicUpdateSlice = (x: Tensor, update: Tensor, starts: readonly TensorLike[]): Tensor => {
  const { tensors } = startsOf(x, starts, update.shape)
  if (update.size === 0 || (sameShape(x.shape, update.shape) && x.dtype === update.dtype)) {
    requireWindow(
      'dynamicUpdateSlice',
      x.aval,
      update.shape,
      tensors.map((t) => t.aval),
    )
    return update.size === 0 ? x : update
  }
  return bind1(dynamicUpdateSliceP, [x, update, ...tensors], {})
}
