import * as fc from 'fast-check'
import { type DType, dtypes, isFloat } from '../../../src/ir/dtype.js'
import { stopGradientP } from '../../../src/ops/control/stopGradient.js'
import { type BitcastParams, bitcastP } from '../../../src/ops/elementwise/bitcast.js'
import { type ConvertParams, convertP } from '../../../src/ops/elementwise/convert.js'
import { anyOf, edgesOf, grid, reals } from './elements.js'
import { allDTypes, elementwiseRow } from './elementwise.js'
import type { Row } from './row.js'

const bounds: Partial<Record<DType, readonly [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
}

/** Floats to integers truncate, saturate, and lose NaN; integers to integers keep their bits. */
const converted = (x: number, from: DType, to: DType): number => {
  const range = bounds[to]
  if (to === 'bool') return x === 0 ? 0 : 1
  if (range === undefined) return to === 'float32' ? new Float32Array([x])[0] : x
  const [low, high] = range
  if (isFloat(from)) {
    if (Number.isNaN(x)) return 0
    const whole = x < 0 ? Math.ceil(x) : Math.floor(x)
    return whole <= low ? low : whole >= high ? high : whole + 0
  }
  if (x < low) return x + 2 ** 32
  return x > high ? x - 2 ** 32 : x
}

/** Targets of every dtype; of float64, where derivatives are taken, float types. */
const targets = (dtype: DType): fc.Arbitrary<ConvertParams> =>
  fc
    .record({ dtype: fc.constantFrom(...dtypes), weakType: fc.boolean() })
    .filter((p) => dtype !== p.dtype || !p.weakType)

const views: Partial<Record<DType, (buffer: ArrayBuffer) => { [i: number]: number }>> = {
  float32: (b) => new Float32Array(b),
  int32: (b) => new Int32Array(b),
  uint32: (b) => new Uint32Array(b),
}

const reinterpreted = (x: number, from: DType, to: DType): number => {
  const buffer = new ArrayBuffer(4)
  const [write, read] = [views[from]?.(buffer), views[to]?.(buffer)]
  if (write === undefined || read === undefined) return x
  write[0] = x
  return read[0]
}

const words = ['float32', 'int32', 'uint32'] as const

const convertRow = elementwiseRow<ConvertParams>({
  primitive: convertP,
  count: 1,
  dtypes: allDTypes,
  scalar: ([x], from, { dtype }) => converted(x, from, dtype),
  result: (_from, { dtype }) => dtype,
  params: targets,
  elements: (dtype) => [isFloat(dtype) ? fc.oneof(anyOf(dtype), reals(-5e9, 5e9)) : anyOf(dtype)],
  edges: (dtype) => [edgesOf(dtype)],
  smooth: { elements: [grid(-3, 3)] },
})

export const conversion: readonly Row[] = [
  {
    ...convertRow,
    // steps of a power of two from multiples of 1/1024 are exact in float32 too
    smooth: {
      forms: fc
        .record({ dtype: fc.constantFrom<DType>('float32', 'float64'), weakType: fc.boolean() })
        .chain((params) =>
          fc.array(fc.constantFrom(1, 2, 3), { maxLength: 3 }).map((shape) => ({
            params,
            operands: [{ dtype: 'float64' as const, shape, elements: grid(-3, 3) }],
          })),
        ),
    },
  } satisfies Row<ConvertParams>,
  elementwiseRow<BitcastParams>({
    primitive: bitcastP,
    count: 1,
    dtypes: words,
    scalar: ([x], from, { dtype }) => reinterpreted(x, from, dtype),
    result: (_from, { dtype }) => dtype,
    params: () => fc.record({ dtype: fc.constantFrom(...words) }),
    elements: (dtype) => [anyOf(dtype)],
    edges: (dtype) => [edgesOf(dtype)],
    smooth: 'a pattern of bits has no derivative',
  }),
  elementwiseRow({
    primitive: stopGradientP,
    count: 1,
    dtypes: allDTypes,
    scalar: ([x]) => x,
    elements: (dtype) => [anyOf(dtype)],
    smooth: 'a constant to differentiation by definition, whatever differences say',
  }),
]
