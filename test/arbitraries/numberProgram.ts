import * as np from '../../src/functions/numpy.js'
import type { Tensor, TensorLike } from '../../src/graph/tensor.js'
import { type DType, dtypes } from '../../src/ir/dtype.js'
import { GradError } from '../../src/ir/errors.js'
import { cond } from '../../src/transforms/branches.js'
import { foriLoop } from '../../src/transforms/loops.js'
import { remat } from '../../src/transforms/remat.js'
import type { Salt } from '../laws/salt.js'

type Pair = readonly [TensorLike, TensorLike]

/** What may be computed of two values, tensors or JS numbers; errors of dtype and shape mean that it may not. */
const operations: Readonly<Record<string, (x: TensorLike, y: TensorLike) => TensorLike>> = {
  add: np.add,
  sub: np.sub,
  mul: np.mul,
  div: np.div,
  mod: np.mod,
  floorDivide: np.floorDivide,
  pow: np.pow,
  maximum: np.maximum,
  atan2: np.atan2,
  greater: np.greater,
  equal: np.equal,
  sqrt: (x) => np.sqrt(x),
  sin: (x) => np.sin(x),
  abs: (x) => np.abs(x),
  neg: (x) => np.neg(x),
  clip: (x, y) => np.clip(x, 0, y),
  where: (x, y) => np.where(np.greater(x, 1), x, y),
  full: (x, y) => np.add(np.full([3], x), y),
  fill: (x, y) => np.fullLike(y, x),
  take: (x) => np.get(np.arange(10), x as number | Tensor),
  branch: (x, y) =>
    cond(
      true,
      (a: TensorLike, _: TensorLike) => a,
      (_: TensorLike, b: TensorLike) => b,
      x,
      y,
    ),
  loop: (x, y) => foriLoop(0, 2, (_, carry: TensorLike): TensorLike => np.add(carry, y), x),
  held: (x, y) => foriLoop(0, 2, (_, [a, b]: Pair): Pair => [np.mul(a, b), b], [x, y] as Pair)[1],
  remat: (x, y) => remat((a: TensorLike, b: TensorLike) => np.mul(a, b))(x, y),
}

const names = Object.keys(operations)

/** An operation, and where its operands are among the values so far. */
type Step = { readonly name: string; readonly x: number; readonly y: number }

const whole = [0, 1, 2, 3, 7, -1, -5, 40_000, 3_000_000_000]
const fractions = [0.1, -0.3, 1 / 3, 2.5, -1e-3, 1e10 + 0.5, Number.NaN, Number.NEGATIVE_INFINITY]

/** Tensors of each dtype, and numbers of each kind. */
export const numberArguments = (random: Salt): readonly TensorLike[] => {
  const tensor = (dtype: DType): Tensor =>
    np.array(
      [0, 1, 2].map(
        () =>
          (dtype === 'uint32' ? 1 : random.coin() ? 1 : -1) *
          (random.below(64) / (dtype.startsWith('float') ? 7 : 1)),
      ),
      { dtype: dtype === 'bool' ? 'float32' : dtype },
    )
  return [
    ...dtypes.map((d) => (d === 'bool' ? tensor(d).greater(1) : tensor(d))),
    ...[0, 1].flatMap(() => [random.pick(whole), random.pick(fractions)]),
  ]
}

const after = (pool: readonly TensorLike[], { name, x, y }: Step): TensorLike =>
  operations[name](pool[x], pool[y])

/** Steps that are chosen by numbers, and mean something for arguments like these. */
export const numberSteps = (
  choices: readonly (readonly number[])[],
  args: readonly TensorLike[],
): readonly Step[] => {
  let pool = args
  return choices.flatMap(([operation, first, second, other]) => {
    const at = (n: number): number => (n * 7 + other) % pool.length
    const step = { name: names[(operation * 5 + other) % names.length], x: at(first), y: at(second) }
    try {
      pool = [...pool, after(pool, step)]
      return [step]
    } catch (error) {
      if (error instanceof GradError) return []
      throw error
    }
  })
}

/** The values that steps give. */
export const runSteps = (steps: readonly Step[], args: readonly TensorLike[]): readonly TensorLike[] => {
  const pool = [...args]
  for (const step of steps) pool.push(after(pool, step))
  return pool.slice(args.length)
}
