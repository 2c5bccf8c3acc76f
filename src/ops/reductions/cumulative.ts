import { bind1 } from '../../graph/bind.js'
import type { Lowering } from '../../graph/lowering.js'
import { definePrimitive } from '../../graph/primitive.js'
import { splat, type Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatAval } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { add, mul } from '../elementwise/arithmetic.js'
import { eq, ne } from '../elementwise/comparison.js'
import { and, or } from '../elementwise/logical.js'
import { select } from '../elementwise/select.js'
import { gather } from '../indexing/gather.js'
import { iota } from '../movement/iota.js'
import { pad } from '../movement/pad.js'
import { mapped, only, requireDType } from '../rules/rules.js'

/** Along `axis`, from its start, or (`reverse`) from its end. */
export type CumulativeParams = { readonly axis: number; readonly reverse: boolean }

const sameAsOperand =
  (name: string) =>
  ([x]: readonly Aval[], { axis }: CumulativeParams): readonly Aval[] => {
    requireDType(name, 'number', x)
    if (!Number.isInteger(axis) || axis < 0 || axis >= x.shape.length) {
      throw new ShapeError(`${name}: an axis of the operand is required, got ${axis} of ${formatAval(x)}.`)
    }
    return [aval(x.shape, x.dtype, x.weakType)]
  }

const running =
  (op: 'add' | 'mul' | 'max' | 'min') =>
  (_avals: readonly Aval[], { axis, reverse }: CumulativeParams): Lowering => ({
    kind: 'host',
    call: { routine: 'cumulative', op, axis, reverse },
  })

/** Running sum along an axis. Linear; transposed by running from the other end. */
export const cumsumP = definePrimitive<CumulativeParams>({
  name: 'cumsum',
  abstractEval: sameAsOperand('cumsum'),
  jvp: 'linear',
  linearize: 'fromJvp',
  transpose: (cts, _xs, { axis, reverse }) => [cumsum(only(cts), axis, !reverse)],
  batch: (_size, [x], _b, { axis, reverse }) => mapped(cumsum(x, axis + 1, reverse)),
  lower: running('add'),
})
/** Running sum along `axis`; `reverse`: from its end. */
export const cumsum = (x: Tensor, axis: number, reverse = false): Tensor =>
  bind1(cumsumP, [x], { axis, reverse })

/** x moved by n places along an axis, away from the start of the run; `fill` takes the empty places. */
const shifted = (x: Tensor, n: number, fill: number, { axis, reverse }: CumulativeParams): Tensor =>
  pad(
    x,
    fill,
    x.shape.map((_, i) => (i !== axis ? [0, 0, 0] : reverse ? [-n, n, 0] : [n, -n, 0])),
  )

/**
 * Running product along an axis.   d(p·q) = dp·q + p·dq over spans that double log₂(n) times: products
 * alone, so that it holds where factors are 0, and so do its own derivatives.
 */
export const cumprodP = definePrimitive<CumulativeParams>({
  name: 'cumprod',
  abstractEval: sameAsOperand('cumprod'),
  jvp: [
    (dx, [x], _y, params) => {
      let p = x
      let dp = dx
      for (let n = 1; n < x.shape[params.axis]; n *= 2) {
        const q = shifted(p, n, 1, params)
        const dq = shifted(dp, n, 0, params)
        dp = add(mul(dp, q), mul(p, dq))
        p = mul(p, q)
      }
      return dp
    },
  ],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, [x], _b, { axis, reverse }) => mapped(cumprod(x, axis + 1, reverse)),
  lower: running('mul'),
})
/** Running product along `axis`; `reverse`: from its end. */
export const cumprod = (x: Tensor, axis: number, reverse = false): Tensor =>
  bind1(cumprodP, [x], { axis, reverse })

/** dy = dx at the place that holds the running extremum, the latest one at ties. */
const tangentAtExtremum = (
  dx: Tensor,
  [x]: readonly Tensor[],
  out: Tensor,
  params: CumulativeParams,
): Tensor => {
  const { axis, reverse } = params
  const positions = x.shape.map((_, i) => iota('int32', x.shape, i))
  const attained = or(eq(x, out), and(ne(x, x), ne(out, out)))
  const never = splat(reverse ? x.shape[axis] : -1, aval(x.shape, 'int32'))
  const seen = select(attained, positions[axis], never)
  const latest = reverse ? cummin(seen, axis, true) : cummax(seen, axis)
  return gather(
    dx,
    positions.map((position, i) => (i === axis ? latest : position)),
    x.shape.map((_, i) => i),
  )
}

/** Running maximum along an axis; NaN stays.   d = dx where the maximum was last attained */
export const cummaxP = definePrimitive<CumulativeParams>({
  name: 'cummax',
  abstractEval: sameAsOperand('cummax'),
  jvp: [tangentAtExtremum],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, [x], _b, { axis, reverse }) => mapped(cummax(x, axis + 1, reverse)),
  lower: running('max'),
})
/** Running maximum along `axis`; `reverse`: from its end. */
export const cummax = (x: Tensor, axis: number, reverse = false): Tensor =>
  bind1(cummaxP, [x], { axis, reverse })

/** Running minimum along an axis; NaN stays.   d = dx where the minimum was last attained */
export const cumminP = definePrimitive<CumulativeParams>({
  name: 'cummin',
  abstractEval: sameAsOperand('cummin'),
  jvp: [tangentAtExtremum],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, [x], _b, { axis, reverse }) => mapped(cummin(x, axis + 1, reverse)),
  lower: running('min'),
})
/** Running minimum along `axis`; `reverse`: from its end. */
export const cummin = (x: Tensor, axis: number, reverse = false): Tensor =>
  bind1(cumminP, [x], { axis, reverse })
