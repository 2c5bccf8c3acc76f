import * as fc from 'fast-check'
import { type DType, storedValue } from '../../../src/graph/dtype.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import { mul } from '../../../src/ops/arithmetic.js'
import { allGather, axisIndex } from '../../../src/ops/composite/collectives.js'
import { convert } from '../../../src/ops/convert.js'
import { allGatherP, axisIndexP } from '../../../src/ops/namedAxis.js'
import { vmap } from '../../../src/transforms/vmap.js'
import { anyOf, reals } from './elements.js'
import { allDTypes, numeric, rounded } from './elementwise.js'
import { notElementwise } from './movement.js'
import type { Form, Row } from './row.js'
import { shapes } from './shapes.js'

/** An operand whose leading axis is the named one. */
const forms = (dtype: DType, elements = anyOf(dtype)): fc.Arbitrary<Form<object>> =>
  fc.tuple(fc.integer({ min: 1, max: 3 }), shapes({ maxRank: 2 })).map(([size, shape]) => ({
    params: {},
    operands: [{ dtype, shape: [size, ...shape], elements }],
  }))

/** Every lane gets all lanes: the operand, as often as it has lanes. */
const allGatherRow: Row = {
  primitive: allGatherP,
  dtypes: allDTypes,
  forms: (dtype) => forms(dtype),
  apply: ([x]) => [vmap((y: Tensor) => allGather(y, 'lanes'), 0, 0, { axisName: 'lanes' })(x)],
  oracle: ([x]) => [
    {
      dtype: x.dtype,
      shape: [x.shape[0], ...x.shape],
      data: Array.from({ length: x.shape[0] }, () => [...x.data]).flat(),
    },
  ],
  ulps: rounded,
  smooth: { forms: forms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

/** Each lane by its number. */
const axisIndexRow: Row = {
  primitive: axisIndexP,
  dtypes: numeric,
  forms: (dtype) => forms(dtype),
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
