import * as fc from 'fast-check'
import { type DType, isFloat, storedValue } from '../../../src/ir/dtype.js'
import { type ConvParams, convGeneralDilatedP } from '../../../src/ops/windows/convGeneralDilated.js'
import { elementAt, type Plain, positions } from '../plain.js'
import { anyOf, reals, wholes } from './elements.js'
import { numeric } from './elementwise.js'
import { notElementwise } from './movement.js'
import type { Expected, Form, Row } from './row.js'

/** All about one spatial axis. */
type Axis = {
  readonly size: number
  readonly window: number
  readonly stride: number
  readonly padding: readonly [number, number]
  readonly lhsDilation: number
  readonly rhsDilation: number
}

/** Mostly plain, so that the less common arithmetic meets itself and the plain one alike. */
const axis = (rank: number): fc.Arbitrary<Axis> =>
  fc.record({
    size: fc.oneof(
      { weight: 12, arbitrary: wholes(1, rank > 2 ? 2 : 4) },
      { weight: 1, arbitrary: fc.constant(0) },
    ),
    window: wholes(1, rank > 2 ? 2 : 3),
    stride: fc.constantFrom(1, 1, 2, 3),
    padding: fc.tuple(wholes(-1, 2), wholes(-1, 2)),
    lhsDilation: fc.constantFrom(1, 1, 2, 3),
    rhsDilation: fc.constantFrom(1, 1, 2),
  })

const few = fc.oneof({ weight: 12, arbitrary: wholes(1, 2) }, { weight: 1, arbitrary: fc.constantFrom(0, 3) })

const groups: fc.Arbitrary<readonly [number, number]> = fc.constantFrom(
  [1, 1],
  [1, 1],
  [2, 1],
  [3, 1],
  [1, 2],
)

const forms = (dtype: DType, elements: fc.Arbitrary<number>): fc.Arbitrary<Form<ConvParams>> =>
  wholes(0, 3).chain((rank) =>
    fc
      .record({
        axes: fc.array(axis(rank), { minLength: rank, maxLength: rank }),
        groups,
        examples: few,
        inputs: few,
        outputs: few,
      })
      .map(({ axes, groups: [featureGroupCount, batchGroupCount], examples, inputs, outputs }) => ({
        params: {
          strides: axes.map((a) => a.stride),
          padding: axes.map((a) => a.padding),
          lhsDilation: axes.map((a) => a.lhsDilation),
          rhsDilation: axes.map((a) => a.rhsDilation),
          featureGroupCount,
          batchGroupCount,
        },
        operands: [
          {
            dtype,
            shape: [examples * batchGroupCount, inputs * featureGroupCount, ...axes.map((a) => a.size)],
            elements,
          },
          {
            dtype,
            shape: [outputs * featureGroupCount * batchGroupCount, inputs, ...axes.map((a) => a.window)],
            elements,
          },
        ],
      })),
  )

/** The element of x at a place among its gaps and padding, or 0. */
const paddedElement = (
  x: Plain,
  example: number,
  channel: number,
  place: readonly number[],
  p: ConvParams,
): number => {
  const at = place.map((q, j) => (q - p.padding[j][0]) / p.lhsDilation[j])
  const inside = at.every((q, j) => Number.isInteger(q) && q >= 0 && q < x.shape[j + 2])
  return inside ? elementAt(x, [example, channel, ...at]) : 0
}

const sum = (dtype: DType, products: readonly (readonly [number, number])[]): number =>
  isFloat(dtype)
    ? products.reduce((s, [a, b]) => s + a * b, 0)
    : Number(
        BigInt.asIntN(
          32,
          products.reduce((s, [a, b]) => s + BigInt(a) * BigInt(b), 0n),
        ),
      )

/** Convolution by its definition: every output element, a sum over inputs and taps. */
const convolutionOracle = (x: Plain, w: Plain, p: ConvParams): Expected => {
  const [outputs, inputs, ...taps] = w.shape
  const examples = x.shape[0] / p.batchGroupCount
  const counts = taps.map((k, j) => {
    const size = x.shape[j + 2]
    const padded = (size === 0 ? 0 : (size - 1) * p.lhsDilation[j] + 1) + p.padding[j][0] + p.padding[j][1]
    let windows = 0
    for (let from = 0; from + (k - 1) * p.rhsDilation[j] + 1 <= padded; from += p.strides[j]) windows++
    return windows
  })
  const shape = [examples, outputs, ...counts]
  const terms = positions(shape).map(([n, o, ...out]) => {
    const featureGroup = Math.floor(o / (outputs / p.featureGroupCount))
    const batchGroup = Math.floor(o / (outputs / p.batchGroupCount))
    return positions([inputs, ...taps]).map(([i, ...k]): readonly [number, number] => [
      paddedElement(
        x,
        batchGroup * examples + n,
        featureGroup * inputs + i,
        out.map((q, j) => q * p.strides[j] + k[j] * p.rhsDilation[j]),
        p,
      ),
      elementAt(w, [o, i, ...k]),
    ])
  })
  return {
    dtype: x.dtype,
    shape,
    data: terms.map((products) => storedValue(x.dtype, sum(x.dtype, products))),
    scale: terms.map((products) => products.reduce((s, [a, b]) => s + Math.abs(a * b), 0)),
  }
}

const row: Row<ConvParams> = {
  primitive: convGeneralDilatedP,
  dtypes: numeric,
  forms: (dtype) => forms(dtype, isFloat(dtype) ? reals(-2, 2) : anyOf(dtype)),
  oracle: ([x, w], p) => [convolutionOracle(x, w, p)],
  ulps: { float32: 16, float64: 16, why: 'sums of up to 27 products, relative to the sum of magnitudes' },
  smooth: { forms: forms('float64', reals(-2, 2)) },
  edges: () => notElementwise,
  exceptions: {},
}

export const convolution: readonly Row[] = [row]
