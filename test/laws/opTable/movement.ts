import * as fc from 'fast-check'
import { sizeOf } from '../../../src/ir/aval.js'
import type { DType } from '../../../src/ir/dtype.js'
import { type BroadcastParams, broadcastInDimP } from '../../../src/ops/movement/broadcast.js'
import { type ConcatenateParams, concatenateP } from '../../../src/ops/movement/concatenate.js'
import { type IotaParams, iotaP } from '../../../src/ops/movement/iota.js'
import { type ReshapeParams, reshapeP } from '../../../src/ops/movement/reshape.js'
import { revP } from '../../../src/ops/movement/rev.js'
import { type TransposeParams, transposeP } from '../../../src/ops/movement/transpose.js'
import type { ReduceParams } from '../../../src/ops/reductions/reduceSum.js'
import { elementAt, tabulate } from '../plain.js'
import { anyOf, reals } from './elements.js'
import { allDTypes, numeric, rounded } from './elementwise.js'
import type { Form, Row } from './row.js'
import { oneAxis, permutations, shapes, someAxes } from './shapes.js'

export const notElementwise = 'not elementwise: special values are moved or combined, not computed on'

type Elements = fc.Arbitrary<number>

const broadcastForms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<BroadcastParams>> =>
  shapes().chain((shape) =>
    fc
      .tuple(
        fc.subarray(shape.map((_, i) => i)),
        fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
      )
      .map(([dims, one]) => ({
        params: { shape, dims },
        operands: [{ dtype, shape: dims.map((d) => (one[d] ? 1 : shape[d])), elements }],
      })),
  )

const broadcastRow: Row<BroadcastParams> = {
  primitive: broadcastInDimP,
  dtypes: allDTypes,
  forms: (dtype) => broadcastForms(dtype, anyOf(dtype)),
  oracle: ([x], { shape, dims }) => [
    tabulate(x.dtype, shape, (p) =>
      elementAt(
        x,
        dims.map((d, i) => (x.shape[i] === 1 ? 0 : p[d])),
      ),
    ),
  ],
  ulps: rounded,
  smooth: { forms: broadcastForms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

/** Shapes of as many elements: flattened, with axes of one added, merged or turned round. */
const reshapeForms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<ReshapeParams>> =>
  shapes().chain((shape) =>
    fc
      .constantFrom(
        [sizeOf(shape)],
        [1, ...shape],
        [...shape, 1],
        [...shape].reverse(),
        shape.length > 1 ? [shape[0] * shape[1], ...shape.slice(2)] : shape,
        shape,
      )
      .map((target) => ({ params: { shape: target }, operands: [{ dtype, shape, elements }] })),
  )

const reshapeRow: Row<ReshapeParams> = {
  primitive: reshapeP,
  dtypes: allDTypes,
  forms: (dtype) => reshapeForms(dtype, anyOf(dtype)),
  oracle: ([x], { shape }) => [{ dtype: x.dtype, shape, data: x.data }],
  ulps: rounded,
  smooth: { forms: reshapeForms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

const transposeForms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<TransposeParams>> =>
  shapes().chain((shape) =>
    permutations(shape.length).map((perm) => ({ params: { perm }, operands: [{ dtype, shape, elements }] })),
  )

const transposeRow: Row<TransposeParams> = {
  primitive: transposeP,
  dtypes: allDTypes,
  forms: (dtype) => transposeForms(dtype, anyOf(dtype)),
  oracle: ([x], { perm }) => [
    tabulate(
      x.dtype,
      perm.map((p) => x.shape[p]),
      (position) => {
        const source = new Array<number>(perm.length).fill(0)
        perm.forEach((p, i) => {
          source[p] = position[i]
        })
        return elementAt(x, source)
      },
    ),
  ],
  ulps: rounded,
  smooth: { forms: transposeForms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

const revForms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<ReduceParams>> =>
  shapes().chain((shape) =>
    someAxes(shape.length).map((axes) => ({ params: { axes }, operands: [{ dtype, shape, elements }] })),
  )

const revRow: Row<ReduceParams> = {
  primitive: revP,
  dtypes: allDTypes,
  forms: (dtype) => revForms(dtype, anyOf(dtype)),
  oracle: ([x], { axes }) => [
    tabulate(x.dtype, x.shape, (p) =>
      elementAt(
        x,
        p.map((k, i) => (axes.includes(i) ? x.shape[i] - 1 - k : k)),
      ),
    ),
  ],
  ulps: rounded,
  smooth: { forms: revForms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

const concatenateForms = (dtype: DType, elements: Elements): fc.Arbitrary<Form<ConcatenateParams>> =>
  shapes({ minRank: 1 }).chain((shape) =>
    fc
      .tuple(oneAxis(shape), fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }))
      .map(([axis, sizes]) => ({
        params: { axis },
        operands: sizes.map((size) => ({
          dtype,
          shape: shape.map((d, i) => (i === axis ? size : d)),
          elements,
        })),
      })),
  )

const concatenateRow: Row<ConcatenateParams> = {
  primitive: concatenateP,
  dtypes: allDTypes,
  forms: (dtype) => concatenateForms(dtype, anyOf(dtype)),
  oracle: (xs, { axis }) => {
    const owners = xs.flatMap((x, k) => Array.from({ length: x.shape[axis] }, (_, index) => ({ k, index })))
    const shape = xs[0].shape.map((d, i) => (i === axis ? owners.length : d))
    return [
      tabulate(xs[0].dtype, shape, (p) => {
        const { k, index } = owners[p[axis]]
        return elementAt(
          xs[k],
          p.map((at, i) => (i === axis ? index : at)),
        )
      }),
    ]
  },
  ulps: rounded,
  smooth: { forms: concatenateForms('float64', reals(-3, 3)) },
  edges: () => notElementwise,
  exceptions: {},
}

const iotaRow: Row<IotaParams> = {
  primitive: iotaP,
  dtypes: numeric,
  forms: (dtype) =>
    shapes({ minRank: 1 }).chain((shape) =>
      oneAxis(shape).map((axis) => ({ params: { dtype, shape, axis }, operands: [] })),
    ),
  oracle: (_none, { dtype, shape, axis }) => [tabulate(dtype, shape, (p) => p[axis])],
  ulps: rounded,
  smooth: 'there is no operand to differentiate',
  edges: () => notElementwise,
  exceptions: {
    batching: 'there is no operand to map over',
    nestedBatching: 'there is no operand to map over',
    inputsUnchanged: 'there is no operand',
  },
}

export const movement: readonly Row[] = [
  broadcastRow,
  reshapeRow,
  transposeRow,
  revRow,
  concatenateRow,
  iotaRow,
]
