import * as fc from 'fast-check'
import type { NoParams, Primitive } from '../../../src/graph/primitive.js'
import type { DType } from '../../../src/ir/dtype.js'
import { eqP, geP, gtP, leP, ltP, neP } from '../../../src/ops/elementwise/comparison.js'
import { isFiniteP } from '../../../src/ops/elementwise/isFinite.js'
import { anyOf } from './elements.js'
import { allDTypes, elementwiseRow, floats, notAFloat } from './elementwise.js'
import type { Row } from './row.js'

const comparison = (primitive: Primitive<NoParams>, holds: (x: number, y: number) => boolean): Row =>
  elementwiseRow({
    primitive,
    count: 2,
    dtypes: allDTypes,
    scalar: ([x, y]) => (holds(x, y) ? 1 : 0),
    result: () => 'bool',
    elements: (dtype: DType) => [anyOf(dtype)],
    smooth: notAFloat,
  })

export const comparisons: readonly Row[] = [
  comparison(eqP, (x, y) => x === y),
  comparison(neP, (x, y) => x !== y),
  comparison(ltP, (x, y) => x < y),
  comparison(leP, (x, y) => x <= y),
  comparison(gtP, (x, y) => x > y),
  comparison(geP, (x, y) => x >= y),
  elementwiseRow({
    primitive: isFiniteP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => (x - x === 0 ? 1 : 0),
    result: () => 'bool',
    elements: (dtype) => [fc.oneof(anyOf(dtype), fc.constantFrom(Infinity, -Infinity, Number.NaN))],
    smooth: notAFloat,
  }),
]
