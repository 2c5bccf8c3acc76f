import { choSolve, solve } from '../../src/functions/linalg/linearSystems.js'
import { matmul } from '../../src/functions/numpy/matmul.js'
import { eye } from '../../src/functions/numpy/triangle.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { add, div, mul, neg, sub } from '../../src/ops/elementwise/arithmetic.js'
import { eq, lt } from '../../src/ops/elementwise/comparison.js'
import { convert } from '../../src/ops/elementwise/convert.js'
import { erf } from '../../src/ops/elementwise/erf.js'
import { exp, sigmoid } from '../../src/ops/elementwise/exp.js'
import { tanh } from '../../src/ops/elementwise/hyperbolic.js'
import { integerPow } from '../../src/ops/elementwise/integerPow.js'
import { asinh } from '../../src/ops/elementwise/inverseHyperbolic.js'
import { atan, atan2 } from '../../src/ops/elementwise/inverseTrigonometric.js'
import { log1p } from '../../src/ops/elementwise/log.js'
import { pow } from '../../src/ops/elementwise/pow.js'
import { where } from '../../src/ops/elementwise/select.js'
import { rsqrt, sqrt } from '../../src/ops/elementwise/sqrt.js'
import { square } from '../../src/ops/elementwise/square.js'
import { cos, sin } from '../../src/ops/elementwise/trigonometric.js'
import { dynamicSlice } from '../../src/ops/indexing/dynamicSlice.js'
import { dynamicUpdateSlice } from '../../src/ops/indexing/dynamicUpdateSlice.js'
import { gather } from '../../src/ops/indexing/gather.js'
import { scatterAdd } from '../../src/ops/indexing/scatterAdd.js'
import { scatterMul } from '../../src/ops/indexing/scatterMul.js'
import { scatterSet } from '../../src/ops/indexing/scatterSet.js'
import { cholesky } from '../../src/ops/matrices/cholesky.js'
import { dotGeneral } from '../../src/ops/matrices/dotGeneral.js'
import { broadcastInDim } from '../../src/ops/movement/broadcast.js'
import { concatenate } from '../../src/ops/movement/concatenate.js'
import { iota } from '../../src/ops/movement/iota.js'
import { pad } from '../../src/ops/movement/pad.js'
import { reshape } from '../../src/ops/movement/reshape.js'
import { rev } from '../../src/ops/movement/rev.js'
import { slice } from '../../src/ops/movement/slice.js'
import { transpose } from '../../src/ops/movement/transpose.js'
import { cumprod, cumsum } from '../../src/ops/reductions/cumulative.js'
import { reduceProd } from '../../src/ops/reductions/reduceProd.js'
import { reduceSum } from '../../src/ops/reductions/reduceSum.js'
import { type Operands, type Operation, onOne, onTwo } from './operands.js'
import { clamped } from './window.js'

/** 1 + x², which is never 0. */
const positive = (x: Tensor): Tensor => add(square(x), 1)

/** Integers for positions on an axis of `size`, taken from the program's integers or made up. */
const positionsFor = (o: Operands, size: number): Tensor => {
  const known = o.integer()
  const count = iota('int32', [1 + o.below(3)], 0)
  const positions = known ?? add(mul(count, 1 + o.below(3)), o.below(4))
  return clamped(positions, size)
}

/** Any product that contracts an axis of one with an equally long one of the other, or none. */
const product = (o: Operands): Tensor | null => {
  const x = o.float()
  const other = o.float()
  if (x === null || other === null) return null
  const y = convert(other, x.dtype)
  const pairs = x.shape.flatMap((d, i) => y.shape.flatMap((e, j) => (d === e ? [[i, j]] : [])))
  const [i, j] = pairs.length === 0 ? [] : pairs[o.below(pairs.length)]
  const contract =
    i === undefined || j === undefined
      ? { lhsContract: [], rhsContract: [] }
      : { lhsContract: [i], rhsContract: [j] }
  return dotGeneral(x, y, { ...contract, lhsBatch: [], rhsBatch: [] })
}

const rotated = (x: Tensor, by: number): readonly number[] => x.shape.map((_, i) => (i + by) % x.ndim)

/** Operations that have derivatives of all orders everywhere, and do not make numbers much larger. */
export const smoothOperations: Readonly<Record<string, Operation>> = {
  sin: onOne((x) => sin(x)),
  cos: onOne((x) => cos(x)),
  tanh: onOne((x) => tanh(x)),
  sigmoid: onOne((x) => sigmoid(x)),
  erf: onOne((x) => erf(x)),
  atan: onOne((x) => atan(x)),
  asinh: onOne((x) => asinh(x)),
  bell: onOne((x) => exp(neg(square(x)))),
  log1p: onOne((x) => log1p(square(x))),
  sqrt: onOne((x) => sqrt(positive(x))),
  rsqrt: onOne((x) => rsqrt(positive(x))),
  cube: onOne((x, o) => integerPow(tanh(x), 2 + o.below(3))),
  scale: onOne((x, o) => mul(x, o.below(5) / 2 - 1)),
  negate: onOne((x) => neg(x)),
  add: onTwo((x, y) => add(x, y)),
  subtract: onTwo((x, y) => sub(x, y)),
  multiply: onTwo((x, y) => mul(x, y)),
  divide: onTwo((x, y) => div(x, positive(y))),
  power: onTwo((x, y) => pow(positive(tanh(x)), tanh(y))),
  angle: onTwo((x, y) => atan2(x, positive(y))),
  product,
  sum: onOne((x, o) => reduceSum(x, [o.axis(x)]), 1),
  total: onOne((x) => reduceSum(x, [...x.shape.keys()])),
  prod: onOne((x, o) => reduceProd(x, [o.axis(x)]), 1),
  logsumexp: onOne((x, o) => log1p(reduceSum(exp(tanh(x)), [o.axis(x)])), 1),
  normalise: onOne((x, o) => {
    const axis = o.axis(x)
    const e = exp(tanh(x))
    const rest = x.shape.flatMap((_, i) => (i === axis ? [] : [i]))
    return div(e, broadcastInDim(reduceSum(e, [axis]), x.shape, rest))
  }, 1),
  cumsum: onOne((x, o) => cumsum(x, o.axis(x), o.coin()), 1),
  cumprod: onOne((x, o) => cumprod(x, o.axis(x), o.coin()), 1),
  flatten: onOne((x) => reshape(x, [x.size])),
  newAxis: onOne((x, o) => reshape(x, o.coin() ? [1, ...x.shape] : [...x.shape, 1])),
  transpose: onOne((x, o) => transpose(x, rotated(x, 1 + o.below(3))), 1),
  reverse: onOne((x, o) => rev(x, [o.axis(x)]), 1),
  repeat: onOne((x) =>
    broadcastInDim(
      x,
      [2, ...x.shape],
      x.shape.map((_, i) => i + 1),
    ),
  ),
  slice: onOne((x, o) => {
    const axis = o.axis(x)
    const start = o.below(x.shape[axis])
    return slice(
      x,
      x.shape.map((_, i) => (i === axis ? start : 0)),
      x.shape,
      x.shape.map((_, i) => (i === axis ? 1 + o.below(2) : 1)),
    )
  }, 1),
  pad: onOne((x, o) => {
    const axis = o.axis(x)
    const config = [o.below(2), o.below(3) - 1, o.below(2)] as const
    const fits = x.shape[axis] + config[0] + config[1] > 0
    return pad(
      x,
      o.below(3) - 1,
      x.shape.map((_, i) => (i === axis && fits ? config : [0, 0, 0])),
    )
  }, 1),
  join: onOne((x, o) => concatenate([x, sin(x)], o.axis(x)), 1),
  gather: onOne((x, o) => {
    const axis = o.axis(x)
    return gather(x, [positionsFor(o, x.shape[axis])], [axis])
  }, 1),
  scatterAdd: onOne((x, o) => {
    const axis = o.axis(x)
    const at = positionsFor(o, x.shape[axis])
    return scatterAdd(x, [at], gather(sin(x), [at], [axis]), [axis])
  }, 1),
  scatterSet: onOne((x, o) => {
    const axis = o.axis(x)
    const at = positionsFor(o, x.shape[axis])
    return scatterSet(x, [at], gather(cos(x), [at], [axis]), [axis])
  }, 1),
  scatterMul: onOne((x, o) => {
    const axis = o.axis(x)
    const at = positionsFor(o, x.shape[axis])
    return scatterMul(x, [at], gather(tanh(x), [at], [axis]), [axis])
  }, 1),
  whiten: onOne((x) => {
    const v = tanh(x)
    const [column, row] = [
      reshape(v, [...x.shape, 1]),
      reshape(v, [...x.shape.slice(0, -1), 1, x.shape[x.ndim - 1]]),
    ]
    const factor = cholesky(
      add(matmul(column, row), eye(x.shape[x.ndim - 1], undefined, 0, { dtype: x.dtype })),
    )
    return reshape(choSolve(factor, column), x.shape)
  }, 1),
  solve: onOne((x) => {
    const n = x.shape[x.ndim - 1]
    const column = reshape(tanh(x), [...x.shape, 1])
    const matrix = add(mul(column, 0.5 / n), eye(n, n, 0, { dtype: x.dtype }))
    return reshape(solve(matrix, column), x.shape)
  }, 1),
  dynamicSlice: onOne((x, o) => {
    const start = reduceSum(positionsFor(o, x.shape[0]), [0])
    return dynamicSlice(
      x,
      [start, ...x.shape.slice(1).map(() => 0)],
      [Math.ceil(x.shape[0] / 2), ...x.shape.slice(1)],
    )
  }, 1),
  dynamicUpdate: onOne((x, o) => {
    const start = reduceSum(positionsFor(o, x.shape[0]), [0])
    const update = cos(
      slice(
        x,
        x.shape.map(() => 0),
        [1, ...x.shape.slice(1)],
      ),
    )
    return dynamicUpdateSlice(x, update, [start, ...x.shape.slice(1).map(() => 0)])
  }, 1),
  chooseByPlace: onTwo((x, y) => where(lt(iota('int32', [3], 0), 2), reduceTo3(x), reduceTo3(y))),
  chooseDiagonal: onOne((x, o) => where(eq(iota('int32', x.shape, o.axis(x)), 0), x, sin(x)), 1),
  constant: onOne((x) =>
    mul(x, convert(iota('int32', [2], 0), x.dtype).reshape([2, ...x.shape.map(() => 1)])),
  ),
}

/** Three numbers made of all of x. */
function reduceTo3(x: Tensor): Tensor {
  const sum = reduceSum(x, [...x.shape.keys()])
  return mul(sum, add(convert(iota('int32', [3], 0), sum.dtype), 1))
}
