import * as fc from 'fast-check'
import { splat, type Tensor } from '../../src/graph/tensor.js'
import { aval, type Shape } from '../../src/ir/aval.js'
import { isFloat } from '../../src/ir/dtype.js'
import { add, mul } from '../../src/ops/elementwise/arithmetic.js'
import { convert } from '../../src/ops/elementwise/convert.js'
import { cos } from '../../src/ops/elementwise/trigonometric.js'
import { iota } from '../../src/ops/movement/iota.js'
import { reshape } from '../../src/ops/movement/reshape.js'
import { reduceSum } from '../../src/ops/reductions/reduceSum.js'
import { nestedOperations } from './nestedOperations.js'
import { Operands, type Operation, onOne } from './operands.js'
import { roughOperations } from './roughOperations.js'
import { smoothOperations } from './smoothOperations.js'

/**
 * One operation on values that are already there. Numbers choose among what is possible, so that every
 * list of steps means something, and stays meaningful while it shrinks.
 */
export type Step = {
  readonly operation: string
  readonly picks: readonly number[]
  readonly body: readonly Step[]
}

/** A function of float64 arrays of these shapes. */
export type Program = { readonly inputs: readonly Shape[]; readonly steps: readonly Step[] }

/** What may occur in a program. */
export type ProgramKind = {
  /** Also operations with kinks, jumps and integers: derivatives are defined, but not what differences give. */
  readonly rough: boolean
  /** Functions that have a reverse rule only, instead of what needs a forward one. */
  readonly reverseOnly: boolean
  /** Also float32 beside float64: then orders of differentiation agree to its precision alone. */
  readonly mixed: boolean
}

const operations: Readonly<Record<string, Operation>> = {
  ...smoothOperations,
  ...roughOperations,
  ...nestedOperations,
  single: onOne((x) => convert(x, 'float32')),
}

/** Larger values are summed over their first axis until they are no longer. */
const largestSize = 48

const small = (x: Tensor): Tensor => (x.size > largestSize && x.ndim > 0 ? small(reduceSum(x, [0])) : x)

/** The values after all steps. */
const execute = (steps: readonly Step[], inputs: readonly Tensor[]): readonly Tensor[] => {
  let pool = inputs
  for (const { operation, picks, body } of steps) {
    const inner = (xs: readonly Tensor[]): Tensor => lastFloat(execute(body, xs))
    const result = operations[operation](new Operands(pool, picks, inner))
    if (result !== null) pool = [...pool, small(result)]
  }
  return pool
}

const floatsOf = (pool: readonly Tensor[]): readonly Tensor[] => pool.filter((x) => isFloat(x.dtype))

const lastFloat = (pool: readonly Tensor[]): Tensor => {
  const floats = floatsOf(pool)
  return floats[floats.length - 1]
}

/** The program as a function: its last two float values. */
export const run =
  ({ steps }: Program) =>
  (...inputs: readonly Tensor[]): readonly Tensor[] =>
    floatsOf(execute(steps, inputs)).slice(-2)

/** Numbers that differ from place to place, so that no two outputs cancel. */
const weightsLike = (x: Tensor): Tensor =>
  x.size === 0 ? x : cos(reshape(iota('float64', [x.size], 0), x.shape))

/** The program as a scalar function. */
export const loss =
  (program: Program) =>
  (...inputs: readonly Tensor[]): Tensor =>
    run(program)(...inputs)
      .map((y) => reduceSum(mul(y, weightsLike(y)), [...y.shape.keys()]))
      .reduce(add, splat(0, aval([], 'float64')))

const picks = fc.array(fc.nat(30), { minLength: 4, maxLength: 4 })

const stepsOf = (kind: ProgramKind, depth: number): fc.Arbitrary<readonly Step[]> => {
  const simple = [
    ...Object.keys(smoothOperations),
    ...(kind.rough ? Object.keys(roughOperations) : []),
    ...(kind.mixed ? ['single', 'single'] : []),
  ]
  const refused = kind.reverseOnly ? ['jvp', 'customJvp'] : ['customVjp']
  const nested = Object.keys(nestedOperations).filter((name) => !refused.includes(name))
  const leaf = fc.record({
    operation: fc.constantFrom(...simple),
    picks,
    body: fc.constant<readonly Step[]>([]),
  })
  if (depth === 0) return fc.array(leaf, { minLength: 1, maxLength: 3, size: 'max' })
  const branch = fc.record({
    operation: fc.constantFrom(...nested),
    picks,
    body: stepsOf(kind, depth - 1),
  })
  return fc.array(fc.oneof({ weight: 5, arbitrary: leaf }, { weight: 2, arbitrary: branch }), {
    minLength: 1,
    maxLength: depth === 2 ? 9 : 3,
    size: 'max',
  })
}

const inputShapes: fc.Arbitrary<readonly Shape[]> = fc.array(
  fc.array(fc.constantFrom(1, 2, 3), { maxLength: 2 }),
  { minLength: 1, maxLength: 3 },
)

/** Random well-typed programs. */
export const programs = (kind: ProgramKind): fc.Arbitrary<Program> =>
  fc.record({ inputs: inputShapes, steps: stepsOf(kind, 2) })

/** The operations of a program, within others too, each once. */
export const operationsOf = ({ steps }: Pick<Program, 'steps'>): ReadonlySet<string> =>
  new Set(steps.flatMap((s) => [s.operation, ...operationsOf({ steps: s.body })]))

/** Operations that hold others: transforms and control flow. */
export const nestingOperations: readonly string[] = Object.keys(nestedOperations)

/** `sin(3,0,0,0); vmap(1,2,0,0){ mul(…) }`. */
export const formatProgram = ({ inputs, steps }: Program): string => {
  const list = (ss: readonly Step[]): string =>
    ss
      .map((s) => `${s.operation}(${s.picks.join(',')})${s.body.length > 0 ? `{ ${list(s.body)} }` : ''}`)
      .join('; ')
  return `of ${inputs.map((s) => `f64[${s.join(',')}]`).join(', ')}: ${list(steps)}`
}
