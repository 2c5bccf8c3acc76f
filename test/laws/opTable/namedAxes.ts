import * as fc from 'fast-check'
import { allGather, axisIndex } from '../../../src/functions/lax/collectives.js'
import { swapaxes } from '../../../src/functions/numpy/arrangement.js'
import { ones } from '../../../src/functions/numpy/creation.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import { type DType, storedValue } from '../../../src/ir/dtype.js'
import { allGatherP, axisIndexP } from '../../../src/ops/collectives/namedAxis.js'
import { mul } from '../../../src/ops/elementwise/arithmetic.js'
import { convert } from '../../../src/ops/elementwise/convert.js'
import { jvp } from '../../../src/transforms/jvp.js'
import { vjp } from '../../../src/transforms/vjp.js'
import { vmap } from '../../../src/transforms/vmap.js'
import type { Plain } from '../plain.js'
import { anyOf, reals, smallOf } from './elements.js'
import { floats, numeric, rounded } from './elementwise.js'
import { notElementwise } from './movement.js'
import type { Expected, Form, Row } from './row.js'
import { shapes } from './shapes.js'

/** An operand whose leading axis is the named one. */
const forms = (dtype: DType, elements = anyOf(dtype)): fc.Arbitrary<Form<object>> =>
  fc.tuple(fc.integer({ min: 1, max: 3 }), shapes({ maxRank: 2 })).map(([size, shape]) => ({
    params: {},
    operands: [{ dtype, shape: [size, ...shape], elements }],
  }))

const gatherForms = (dtype: DType, elements = anyOf(dtype)): fc.Arbitrary<Form<object>> =>
  fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }), shapes({ maxRank: 2 }))
    .map(([lanes, others, shape]) => ({
      params: {},
      operands: [{ dtype, shape: [lanes, others, ...shape], elements }],
    }))

/** x [lanes, others, ...s] as many times as it has lanes: what each of them gets. */
const toEveryLane = (x: Plain, scale: number): Expected => ({
  dtype: x.dtype,
  shape: [x.shape[0], ...x.shape],
  data: Array.from({ length: x.shape[0] }, () => x.data.map((v) => v * scale)).flat(),
})

/**
 * Gathered by every lane, under a `vmap` of another axis; derivatives are taken where the axis has its name, since outside
 * of its vmap nothing is left of the primitive.
 */
const gathered = (x: Tensor): readonly Tensor[] => {
  const [lanes, others, ...shape] = x.shape
  const gather = (y: Tensor): Tensor =>
    mul(allGather(y, 'lanes'), ones([lanes, ...shape], { dtype: y.dtype }))
  const lane = (y: Tensor): readonly Tensor[] => {
    const [out, tangent] = jvp(vmap(gather), [y], [mul(y, 2)])
    const [, pull] = vjp(vmap(gather), y)
    return [out, tangent, ...pull(ones([others, lanes, ...shape], { dtype: y.dtype }))]
  }
  const [out, tangent, ct] = vmap(lane, 0, [0, 0, 0], { axisName: 'lanes' })(x)
  return [...[out, tangent].map((t) => swapaxes(t, 1, 2)), ct]
}

const allGatherRow: Row = {
  primitive: allGatherP,
  dtypes: floats,
  forms: (dtype) => gatherForms(dtype),
  apply: ([x]) => gathered(x),
  oracle: ([x]) => [toEveryLane(x, 1), toEveryLane(x, 2), { ...x, data: x.data.map(() => x.shape[0]) }],
  ulps: rounded,
  smooth: { forms: gatherForms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

/** Each lane by its number. */
const axisIndexRow: Row = {
  primitive: axisIndexP,
  dtypes: numeric,
  forms: (dtype) => forms(dtype, smallOf(dtype)),
  apply: ([x]) => [
    vmap((y: Tensor) => mul(y, convert(axisIndex('lanes'), y.dtype)), 0, 0, { axisName: 'lanes' })(x),
  ],
  oracle: ([x]) => {
    const lane = x.data.length / x.shape[0]
    return [{ ...x, data: x.data.map((v, i) => storedValue(x.dtype, v * Math.floor(i / lane))) }]
  },
  ulps: rounded,
  smooth: { forms: forms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

export const namedAxes: readonly Row[] = [allGatherRow, axisIndexRow]
