import { bind1 } from '../../graph/bind.js'
import type { Lowering, OperandReader } from '../../graph/lowering.js'
import { definePrimitive, isLinear } from '../../graph/primitive.js'
import { splat, splatValue, Tensor, type TensorLike } from '../../graph/tensor.js'
import { type Aval, aval, formatAval, type Shape } from '../../ir/aval.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import { apply, compare, constant, type Expr, loopIndex, select as selectExpr } from '../../ir/expr.js'
import { convert } from '../elementwise/convert.js'
import { asType, kindOf } from '../elementwise/lift.js'
import { select } from '../elementwise/select.js'
import { reduceSum } from '../reductions/reduceSum.js'
import { mapped, only, zerosLike } from '../rules/rules.js'
import { withBatchAxis } from './batching.js'
import { broadcastInDim } from './broadcast.js'
import { slice } from './slice.js'

/** The numbers of elements put before, after and between those of an axis; negative ones before and after take away. */
export type PadAxis = readonly [low: number, high: number, interior: number]

export type PadParams = { readonly config: readonly PadAxis[] }

const padded = (x: Aval, value: Aval, { config }: PadParams): Aval => {
  const shape = x.shape.map((d, i) => (config[i] === undefined ? -1 : paddedSize(d, config[i])))
  const fits =
    config.length === x.shape.length &&
    config.every((axis) => axis.every(Number.isInteger) && axis[2] >= 0) &&
    shape.every((d) => d >= 0)
  if (!fits) {
    throw new ShapeError(
      `pad: integers [low, high, interior ≥ 0] for each axis that leave no negative size are required, got ${JSON.stringify(config)} for ${formatAval(x)}.`,
    )
  }
  if (value.shape.length !== 0)
    throw new ShapeError(`pad: a scalar value is required, got ${formatAval(value)}.`)
  if (value.dtype !== x.dtype) {
    throw new DTypeError(
      `pad: a value of the operand's dtype is required, got ${formatAval(value)} for ${formatAval(x)}. Convert with astype.`,
    )
  }
  return aval(shape, x.dtype, x.weakType && value.weakType)
}

/** The size of an axis with its gaps filled and its ends moved. */
const paddedSize = (size: number, [low, high, interior]: PadAxis): number =>
  low + high + size + Math.max(0, size - 1) * interior

/** True at the places that come from x. */
const covered = (shape: Shape, config: readonly PadAxis[]): Tensor =>
  pad(splat(1, aval(shape, 'bool')), splat(0, aval([], 'bool')), config)

/**
 * x surrounded and interspersed by a scalar; negative amounts crop, after gaps are filled.
 * Linear in both operands. Transposes: x ← the cotangent at x's places, value ← the sum over the others.
 */
export const padP = definePrimitive<PadParams>({
  name: 'pad',
  abstractEval: ([x, value], p) => [padded(x, value, p)],
  jvp: 'linear',
  linearize: 'fromJvp',
  transpose: (cts, [x, value], { config }) => {
    const ct = only(cts)
    const uncropped = () =>
      pad(
        ct,
        0,
        config.map(([low, high]) => [-low, -high, 0]),
      )
    const own = (padded: Tensor) =>
      slice(
        padded,
        padded.shape.map(() => 0),
        padded.shape,
        config.map(([, , interior]) => interior + 1),
      )
    const elsewhere = () => select(covered(x.aval.shape, config), zerosLike(ct), ct)
    return [
      isLinear(x) ? own(uncropped()) : null,
      isLinear(value)
        ? reduceSum(
            elsewhere(),
            ct.shape.map((_, i) => i),
          )
        : null,
    ]
  },
  batch: (size, [x, value], [xBatched, valueBatched], { config }) => {
    const below: readonly PadAxis[] = [[0, 0, 0], ...config]
    if (!valueBatched) return mapped(pad(x, value, below))
    const inside = pad(withBatchAxis(size, x, xBatched), 0, below)
    const mask = broadcastInDim(
      covered(x.shape.slice(xBatched ? 1 : 0), config),
      inside.shape,
      config.map((_, i) => i + 1),
    )
    const outside = broadcastInDim(convert(value, x.dtype, x.aval.weakType), inside.shape, [0])
    return mapped(select(mask, inside, outside))
  },
  lower: ([x], { config }): Lowering =>
    config.every(([, , interior]) => interior === 0)
      ? { kind: 'pad', low: config.map(([low]) => low), high: config.map(([, high]) => high) }
      : { kind: 'indexed', value: (read) => withGaps(x, config, read) },
})

/** Element o of the result is element (o − low) / (interior + 1) of x, where that exists, else the value. */
const withGaps = (x: Aval, config: readonly PadAxis[], read: OperandReader): Expr => {
  const int = (n: number) => constant(n, 'int32')
  const tests: Expr[] = []
  const dynamic = config.map(([low, , interior], axis) => {
    const position = apply('sub', [loopIndex(axis), int(low)])
    const index = apply('div', [position, int(interior + 1)])
    tests.push(compare('ge', position, int(0)), compare('lt', index, int(x.shape[axis])))
    if (interior > 0) tests.push(compare('eq', apply('rem', [position, int(interior + 1)]), int(0)))
    return { axis, index }
  })
  const inside = tests.reduce((a, b) => apply('and', [a, b], 'bool'))
  return selectExpr(
    inside,
    read(
      0,
      x.shape.map(() => ({ axis: null, offset: 0, step: 0 })),
      dynamic,
    ),
    read(1, []),
  )
}

/** x with `value` put before, after and between its elements on every axis; negative amounts crop. */
export const pad = (x: Tensor, value: TensorLike, config: readonly PadAxis[]): Tensor => {
  const v =
    value instanceof Tensor && kindOf(value) === null
      ? value
      : asType('pad', kindOf(value) === null ? Number(value) : value, x.dtype, x.aval.weakType)
  const out = padded(x.aval, v.aval, { config })
  if (config.every((axis) => axis.every((n) => n === 0))) return x
  const number = splatValue(v)
  if (x.size === 0 || (number !== null && Object.is(number, splatValue(x))))
    return broadcastInDim(v, out.shape, [])
  if (config.every(([low, high, interior]) => low <= 0 && high <= 0 && interior === 0)) {
    return slice(
      x,
      config.map(([low]) => -low),
      x.shape.map((d, i) => d + config[i][1]),
    )
  }
  return bind1(padP, [x, v], { config })
}
