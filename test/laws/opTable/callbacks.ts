import type * as fc from 'fast-check'
import { array } from '../../../src/functions/numpy/array.js'
import { zeros } from '../../../src/functions/numpy/creation.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import type { DType } from '../../../src/ir/dtype.js'
import { debugCallbackP, pureCallbackP } from '../../../src/ops/control/callback.js'
import { pureCallback } from '../../../src/transforms/callbacks.js'
import { callback } from '../../../src/transforms/debugCallback.js'
import { anyOf, reals } from './elements.js'
import { allDTypes, floats, rounded } from './elementwise.js'
import { notElementwise } from './movement.js'
import type { Form, Row } from './row.js'
import { shapes } from './shapes.js'

const forms = (dtype: DType, elements = anyOf(dtype)): fc.Arbitrary<Form<object>> =>
  shapes({ maxRank: 2 }).map((shape) => ({ params: {}, operands: [{ dtype, shape, elements }] }))

const hostFunction = 'holds a host function, which serialisation refuses'

/** The operand itself, looked at on its way. */
const debugCallbackRow: Row = {
  primitive: debugCallbackP,
  dtypes: allDTypes,
  forms: (dtype) => forms(dtype),
  apply: ([x]) => {
    callback((y: Tensor) => y.item, x)
    return [x]
  },
  oracle: ([x]) => [x],
  ulps: rounded,
  smooth: { forms: forms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: { serialisation: hostFunction },
}

const floored = (x: Tensor): Tensor =>
  array((x.reshape([x.size]).toArray() as number[]).map(Math.floor), { dtype: 'int32' }).reshape(x.shape)

/** Integers of floats: what has no derivative anyway. */
const pureCallbackRow: Row = {
  primitive: pureCallbackP,
  dtypes: floats,
  forms: (dtype) => forms(dtype),
  apply: ([x]) => [pureCallback(floored, zeros(x.shape, { dtype: 'int32' }), x)],
  oracle: ([x]) => [{ ...x, dtype: 'int32', data: x.data.map((v) => Math.floor(v) + 0) }],
  ulps: rounded,
  smooth: 'the host computes it: a derivative of floats is refused, one of integers is zero',
  edges: () => notElementwise,
  exceptions: { serialisation: hostFunction },
}

export const callbacks: readonly Row[] = [debugCallbackRow, pureCallbackRow]
