import * as fc from 'fast-check'
import type { NoParams, Primitive } from '../../../src/graph/primitive.js'
import { type DType, storedValue } from '../../../src/ir/dtype.js'
import type { LawName } from '../law.js'
import type { Plain } from '../plain.js'
import { edgesOf, smallOf } from './elements.js'
import type { Expected, Form, OnDevice, Row, Smooth, Ulps } from './row.js'
import { shapes } from './shapes.js'

export const floats: readonly DType[] = ['float32', 'float64']
export const integers: readonly DType[] = ['int32', 'uint32']
export const numeric: readonly DType[] = [...floats, ...integers]
export const logical: readonly DType[] = [...integers, 'bool']
export const allDTypes: readonly DType[] = [...numeric, 'bool']

/** The oracle's and the library's results are both rounded once from double precision. */
export const rounded: Ulps = { float32: 1, float64: 1 }

/** Elements of each operand; the last one serves those beyond. */
type Elements = readonly fc.Arbitrary<number>[]

/** Forms of operands of one shape and dtype. */
export const alike = <P extends object>(
  dtype: DType,
  count: number,
  elements: Elements,
  params: fc.Arbitrary<P>,
  shape = shapes(),
): fc.Arbitrary<Form<P>> =>
  fc.tuple(shape, params).map(([s, p]) => ({
    params: p,
    operands: Array.from({ length: count }, (_, i) => ({
      dtype,
      shape: s,
      elements: elements[Math.min(i, elements.length - 1)],
    })),
  }))

/** What a row of an elementwise primitive is made from. */
export type Elementwise<P extends object> = {
  readonly primitive: Primitive<P>
  readonly count: number
  readonly dtypes: readonly DType[]
  /** The scalar function, in double precision (of integers: on their values); it is stored as `result`. */
  scalar(xs: readonly number[], dtype: DType, params: P): number
  /** Dtype of the result, the operands' unless given. */
  result?(dtype: DType, params: P): DType
  /** Elements by dtype; small numbers by default. */
  elements?(dtype: DType): Elements
  /** Special values; the dtype's by default. */
  edges?(dtype: DType): Elements | string
  params?(dtype: DType): fc.Arbitrary<P>
  readonly ulps?: Ulps
  readonly device?: OnDevice
  /** Magnitudes that errors are measured by, where a result may be far smaller than what it is made of. */
  scale?(xs: readonly number[], params: P): number
  /** Elements of float64 operands away from poles, and cases away from kinks; or why there is no derivative. */
  readonly smooth:
    | string
    | {
        readonly elements: Elements
        where?(xs: readonly number[], params: P): boolean
        readonly tolerance?: number
      }
  readonly exceptions?: Partial<Record<LawName, string>>
}

const noParams = fc.constant({})

/** Applies a scalar function at every place. */
const pointwise = <P extends object>(e: Elementwise<P>, operands: readonly Plain[], params: P): Expected => {
  const { dtype, shape, data } = operands[0]
  const result = e.result?.(dtype, params) ?? dtype
  const at = data.map((_, i) => operands.map((o) => o.data[i]))
  const scale = e.scale
  return {
    dtype: result,
    shape,
    data: at.map((xs) => storedValue(result, e.scalar(xs, dtype, params))),
    ...(scale === undefined ? {} : { scale: at.map((xs) => scale.call(e, xs, params)) }),
  }
}

/** The row of an elementwise primitive. */
export const elementwiseRow = <P extends object = NoParams>(e: Elementwise<P>): Row<P> => {
  const params = (dtype: DType) => e.params?.(dtype) ?? (noParams as fc.Arbitrary<P>)
  const smooth = e.smooth
  return {
    primitive: e.primitive,
    dtypes: e.dtypes,
    forms: (dtype) => alike(dtype, e.count, e.elements?.(dtype) ?? [smallOf(dtype)], params(dtype)),
    oracle: (operands, p) => [pointwise(e, operands, p)],
    ulps: e.ulps ?? rounded,
    ...(e.device === undefined ? {} : { device: e.device }),
    smooth:
      typeof smooth === 'string'
        ? smooth
        : ({
            forms: alike('float64', e.count, smooth.elements, params('float64')),
            where: ({ operands, params: p }) =>
              smooth.where === undefined ||
              operands[0].data.every((_, i) =>
                smooth.where?.(
                  operands.map((o) => o.data[i]),
                  p,
                ),
              ),
            tolerance: smooth.tolerance,
          } satisfies Smooth<P>),
    edges: (dtype) => {
      const elements = e.edges?.(dtype) ?? [edgesOf(dtype)]
      if (typeof elements === 'string') return elements
      return alike(dtype, e.count, elements, params(dtype), fc.constant([6]))
    },
    exceptions: e.exceptions ?? {},
  }
}

/** Why comparisons and the like have no derivative. */
export const notAFloat = 'the result is not a float, so it has no tangent'
