import type { Tensor } from '../../src/graph/tensor.js'
import { stopGradient } from '../../src/ops/control/stopGradient.js'
import { abs, sign } from '../../src/ops/elementwise/abs.js'
import { add, mul, rem } from '../../src/ops/elementwise/arithmetic.js'
import { clamp } from '../../src/ops/elementwise/clamp.js'
import { gt, le } from '../../src/ops/elementwise/comparison.js'
import { convert } from '../../src/ops/elementwise/convert.js'
import { isFinite } from '../../src/ops/elementwise/isFinite.js'
import { and, not } from '../../src/ops/elementwise/logical.js'
import { maximum, minimum } from '../../src/ops/elementwise/maximum.js'
import { ceil, floor, round } from '../../src/ops/elementwise/rounding.js'
import { where } from '../../src/ops/elementwise/select.js'
import { sort } from '../../src/ops/indexing/sort.js'
import { topK } from '../../src/ops/indexing/topK.js'
import { iota } from '../../src/ops/movement/iota.js'
import { argmax, argmin } from '../../src/ops/reductions/argExtremum.js'
import { cummax, cummin } from '../../src/ops/reductions/cumulative.js'
import { reduceMax, reduceMin } from '../../src/ops/reductions/reduceExtremum.js'
import { reduceAnd, reduceOr } from '../../src/ops/reductions/reduceLogical.js'
import { type Operation, onOne, onTwo } from './operands.js'

const all = (x: Tensor): readonly number[] => [...x.shape.keys()]

/** Operations with kinks, jumps, integers and truth values. */
export const roughOperations: Readonly<Record<string, Operation>> = {
  abs: onOne((x) => abs(x)),
  sign: onOne((x) => sign(x)),
  floor: onOne((x) => floor(mul(x, 2))),
  ceil: onOne((x) => ceil(x)),
  round: onOne((x) => round(mul(x, 3))),
  relu: onOne((x) => maximum(x, 0)),
  maximum: onTwo((x, y) => maximum(x, y)),
  minimum: onTwo((x, y) => minimum(x, y)),
  remainder: onTwo((x, y) => rem(x, add(abs(y), 1))),
  clamp: onTwo((x, y) => clamp(-0.5, x, abs(y))),
  max: onOne((x, o) => reduceMax(x, [o.axis(x)]), 1),
  min: onOne((x) => reduceMin(x, all(x)), 1),
  cummax: onOne((x, o) => cummax(x, o.axis(x), o.coin()), 1),
  cummin: onOne((x, o) => cummin(x, o.axis(x), o.coin()), 1),
  sort: onOne((x, o) => sort([x], o.axis(x))[0], 1),
  sortByRounded: onOne((x, o) => sort([round(x), x], o.axis(x), 1 + o.below(2))[1], 1),
  topK: onOne((x, o) => topK(x, 1 + o.below(x.shape[x.ndim - 1]))[0], 1),
  places: onOne((x, o) => sort([x, iota('int32', x.shape, o.axis(x))], o.axis(x))[1], 1),
  chooseByValue: onTwo((x, y) => where(gt(x, y), x, mul(y, 0.5))),
  chooseIfFinite: onTwo((x, y) => where(and(isFinite(x), not(le(x, 0))), x, y)),
  chooseIfAll: onOne((x, o) => where(reduceAnd(gt(x, 0), [o.axis(x)]), 1, reduceMax(x, all(x))), 1),
  chooseIfAny: onOne((x) => where(reduceOr(gt(x, 0), all(x)), x, mul(x, -2))),
  argmax: onOne((x, o) => argmax(x, o.axis(x)), 1),
  argmin: onOne((x, o) => argmin(x, o.axis(x)), 1),
  truncate: onOne((x) => convert(mul(x, 2), 'int32')),
  stop: onOne((x) => mul(stopGradient(x), x)),
  truth: onOne((x) => convert(gt(x, 0.25), 'float64')),
}
