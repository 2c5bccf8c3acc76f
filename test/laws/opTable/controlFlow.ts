import * as fc from 'fast-check'
import { full } from '../../../src/functions/numpy/creation.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import type { Shape } from '../../../src/ir/aval.js'
import { type DType, storedValue } from '../../../src/ir/dtype.js'
import { condP } from '../../../src/ops/control/cond.js'
import { scanP } from '../../../src/ops/control/scan.js'
import { whileP } from '../../../src/ops/control/while.js'
import { add, mul, sub } from '../../../src/ops/elementwise/arithmetic.js'
import { lt } from '../../../src/ops/elementwise/comparison.js'
import { exp } from '../../../src/ops/elementwise/exp.js'
import { log } from '../../../src/ops/elementwise/log.js'
import { cos, sin } from '../../../src/ops/elementwise/trigonometric.js'
import { switchCase } from '../../../src/transforms/branches.js'
import { whileLoop } from '../../../src/transforms/loops.js'
import { scan } from '../../../src/transforms/scan.js'
import { elementAt, type Plain, tabulate } from '../plain.js'
import { reals, wholes } from './elements.js'
import { floats } from './elementwise.js'
import { notElementwise } from './movement.js'
import type { Expected, Form, Row, Ulps } from './row.js'
import { shapes } from './shapes.js'

const ulps: Ulps = { float32: 256, float64: 256, why: 'several operations in turn, each rounded' }

const small = shapes({ minRank: 0, maxRank: 2 })

/** Errors are measured on the scale of everything that was added up. */
const scaled = (x: Plain, scale: number): Expected => ({ ...x, scale: x.data.map(() => scale) })

type LoopParams = { readonly reverse: boolean; readonly unroll: number }

/** Operands: a (constant), x (carried), us (slices). */
const loopForms = (dtype: DType): fc.Arbitrary<Form<LoopParams>> =>
  fc
    .record({
      shape: small,
      length: fc.integer({ min: 0, max: 4 }),
      params: fc.record({ reverse: fc.boolean(), unroll: fc.integer({ min: 1, max: 3 }) }),
    })
    .map(({ shape, length, params }) => {
      const operand = (s: Shape) => ({ dtype, shape: s, elements: reals(-1, 1) })
      return { params, operands: [operand(shape), operand(shape), operand([length, ...shape])] }
    })

/** Residuals of all kinds: of constants alone, carried, sliced, handed on; and a counter beside the floats. */
const loop = ([a, x, us]: readonly Tensor[], params: LoopParams): readonly Tensor[] => {
  const [[last, count], [ys, xs]] = scan(
    ([s, i]: readonly [Tensor, Tensor], u: Tensor) => {
      const next = add(mul(sin(a), s), mul(u, cos(s)))
      return [
        [next, add(i, 1)],
        [mul(next, u), mul(s, i)],
      ] as const
    },
    [x, full([], 0, { dtype: 'int32' })] as const,
    us,
    params,
  )
  return [last, count, ys, xs]
}

const loopOracle = ([a, x, us]: readonly Plain[], { reverse }: LoopParams): readonly Expected[] => {
  const length = us.shape[0]
  const { dtype } = x
  let s = x.data
  const ys: number[][] = []
  const xs: number[][] = []
  const size = x.data.length
  for (let k = 0; k < length; k++) {
    const at = reverse ? length - 1 - k : k
    const u = us.data.slice(at * size, (at + 1) * size)
    const before = s
    s = before.map((v, j) => Math.sin(a.data[j]) * v + u[j] * Math.cos(v))
    ys[at] = s.map((v, j) => v * u[j])
    xs[at] = before.map((v) => v * k)
  }
  const plain = (shape: Shape, data: readonly number[]): Expected =>
    scaled({ dtype, shape, data: data.map((v) => storedValue(dtype, v)) }, 8)
  return [
    plain(x.shape, s),
    { dtype: 'int32', shape: [], data: [length] },
    plain(us.shape, ys.flat()),
    plain(us.shape, xs.flat()),
  ]
}

const scanRow: Row<LoopParams> = {
  primitive: scanP,
  dtypes: floats,
  forms: loopForms,
  apply: loop,
  oracle: loopOracle,
  ulps,
  smooth: { forms: loopForms('float64') },
  edges: () => notElementwise,
  exceptions: {},
}

type None = Record<never, never>

/** Operands: the index, also outside of the branches, then x and y. */
const branchForms =
  (elements: fc.Arbitrary<number>) =>
  (dtype: DType): fc.Arbitrary<Form<None>> =>
    small.map((shape) => ({
      params: {},
      operands: [
        { dtype: 'int32', shape: [], elements: wholes(-1, 3) },
        { dtype, shape, elements },
        { dtype, shape, elements },
      ],
    }))

/** Branches with no, one and several residuals, and one with NaN where another is taken. */
const branch = ([index, x, y]: readonly Tensor[]): readonly Tensor[] =>
  switchCase(
    index,
    [
      (a: Tensor, b: Tensor): Tensor[] => [add(a, b), a],
      (a: Tensor, b: Tensor): Tensor[] => [mul(sin(a), b), exp(b)],
      (a: Tensor, b: Tensor): Tensor[] => [log(mul(a, a)), mul(mul(a, b), y)],
    ],
    x,
    y,
  )

const branchOracle = ([index, x, y]: readonly Plain[]): readonly Expected[] => {
  const chosen = Math.max(0, Math.min(index.data[0], 2))
  const fs: readonly ((a: number, b: number) => readonly [number, number])[] = [
    (a, b) => [a + b, a],
    (a, b) => [Math.sin(a) * b, Math.exp(b)],
    (a, b) => [Math.log(a * a), a * b * b],
  ]
  return [0, 1].map((k) =>
    scaled(
      tabulate(x.dtype, x.shape, (p) =>
        storedValue(x.dtype, fs[chosen](elementAt(x, p), elementAt(y, p))[k]),
      ),
      8,
    ),
  )
}

const condRow: Row<None> = {
  primitive: condP,
  dtypes: floats,
  forms: branchForms(reals(0.25, 2)),
  apply: branch,
  oracle: branchOracle,
  ulps,
  smooth: { forms: branchForms(reals(0.25, 2))('float64') },
  edges: () => notElementwise,
  exceptions: {},
}

/** Operands: how often, a (constant), x. */
const whileForms = (dtype: DType): fc.Arbitrary<Form<None>> =>
  small.map((shape) => ({
    params: {},
    operands: [
      { dtype: 'int32', shape: [], elements: wholes(-1, 4) },
      { dtype, shape, elements: reals(-1, 1) },
      { dtype, shape, elements: reals(-1, 1) },
    ],
  }))

const repeat = ([count, a, x]: readonly Tensor[]): readonly Tensor[] =>
  whileLoop(
    ([i]: readonly Tensor[]) => lt(i, count),
    ([i, s]: readonly Tensor[]) => [add(i, 1), sub(sin(s), mul(a, s))],
    [mul(count, 0), x],
  )

const whileOracle = ([count, a, x]: readonly Plain[]): readonly Expected[] => {
  const runs = Math.max(0, count.data[0])
  let s = x.data
  for (let k = 0; k < runs; k++) s = s.map((v, j) => Math.sin(v) - a.data[j] * v)
  return [
    { dtype: 'int32', shape: [], data: [runs] },
    scaled({ ...x, data: s.map((v) => storedValue(x.dtype, v)) }, 16),
  ]
}

const whileRow: Row<None> = {
  primitive: whileP,
  dtypes: floats,
  forms: whileForms,
  apply: repeat,
  oracle: whileOracle,
  ulps,
  smooth: { forms: whileForms('float64') },
  edges: () => notElementwise,
  only: 'forward',
  exceptions: {},
}

export const controlFlow: readonly Row[] = [scanRow, condRow, whileRow]
