import * as fc from 'fast-check'
import type { NoParams } from '../../../src/graph/primitive.js'
import type { DType } from '../../../src/ir/dtype.js'
import { selectP } from '../../../src/ops/elementwise/select.js'
import { threefry2x32P } from '../../../src/ops/elementwise/threefry.js'
import { anyOf, bools, edgesOf, reals } from './elements.js'
import { alike, allDTypes, notAFloat, rounded } from './elementwise.js'
import type { Form, Row } from './row.js'
import { shapes } from './shapes.js'

const branches = (
  dtype: DType,
  elements: fc.Arbitrary<number>,
  shape = shapes(),
): fc.Arbitrary<Form<NoParams>> =>
  shape.map((s) => ({
    params: {},
    operands: [
      { dtype: 'bool', shape: s, elements: bools },
      { dtype, shape: s, elements },
      { dtype, shape: s, elements },
    ],
  }))

const selectRow: Row<NoParams> = {
  primitive: selectP,
  dtypes: allDTypes,
  forms: (dtype) => branches(dtype, anyOf(dtype)),
  oracle: ([p, a, b]) => [{ ...a, data: a.data.map((x, i) => (p.data[i] === 1 ? x : b.data[i])) }],
  ulps: rounded,
  smooth: { forms: branches('float64', reals(-3, 3)) },
  edges: (dtype) => branches(dtype, edgesOf(dtype), fc.constant([6])),
  exceptions: {},
}

const rotate = (x: bigint, n: number): bigint => ((x << BigInt(n)) | (x >> BigInt(32 - n))) & 0xffffffffn

/** Threefry-2x32-20 from its published description, in big integers. */
const threefry = (k0: number, k1: number, c0: number, c1: number): readonly [number, number] => {
  const mask = 0xffffffffn
  const schedule = [BigInt(k0), BigInt(k1), BigInt(k0) ^ BigInt(k1) ^ 0x1bd11bdan]
  const rotations = [13, 15, 26, 6, 17, 29, 16, 24]
  let x = (BigInt(c0) + schedule[0]) & mask
  let y = (BigInt(c1) + schedule[1]) & mask
  for (let round = 0; round < 20; round++) {
    x = (x + y) & mask
    y = rotate(y, rotations[round % 8]) ^ x
    if (round % 4 === 3) {
      const injection = (round + 1) / 4
      x = (x + schedule[injection % 3]) & mask
      y = (y + schedule[(injection + 1) % 3] + BigInt(injection)) & mask
    }
  }
  return [Number(x), Number(y)]
}

const threefryRow: Row<NoParams> = {
  primitive: threefry2x32P,
  dtypes: ['uint32'],
  forms: (dtype) => alike(dtype, 4, [anyOf(dtype)], fc.constant({})),
  oracle: ([k0, k1, c0, c1]) => {
    const words = k0.data.map((k, i) => threefry(k, k1.data[i], c0.data[i], c1.data[i]))
    return [
      { ...k0, data: words.map((w) => w[0]) },
      { ...k0, data: words.map((w) => w[1]) },
    ]
  },
  ulps: rounded,
  smooth: notAFloat,
  edges: (dtype) => alike(dtype, 4, [edgesOf(dtype)], fc.constant({}), fc.constant([6])),
  exceptions: {},
}

export const selection: readonly Row[] = [selectRow, threefryRow]
