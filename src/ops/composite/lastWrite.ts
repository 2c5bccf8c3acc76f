import { aval } from '../../graph/aval.js'
import { splat, type Tensor } from '../../graph/tensor.js'
import { add, mul, sub } from '../arithmetic.js'
import { broadcastInDim } from '../broadcast.js'
import { eq, ge, gt, lt } from '../comparison.js'
import { convert } from '../convert.js'
import { gather } from '../gather.js'
import { iota } from '../iota.js'
import { and, not, or } from '../logical.js'
import { reduceOr } from '../reduceLogical.js'
import { reshape } from '../reshape.js'
import { fullLike, zerosLike } from '../rules.js'
import { scatterAdd } from '../scatterAdd.js'
import { select } from '../select.js'
import { shiftRightArithmetic } from '../shifts.js'
import { array } from './array.js'

/** Up to so many writes are compared in pairs, in one kernel; more are told apart bit by bit. */
const pairwiseLimit = 512

/**
 * Which of n writes to computed places are the last to their place. `targets`: i32[n], places in
 * 0 … `size` − 1, or −1 for none; `known`: the same as numbers, where they were written down.
 */
const lastWrites = (targets: Tensor, size: number, known: readonly number[] | null): Tensor => {
  const n = targets.shape[0]
  if (n <= 1) return splat(1, aval([n], 'bool'))
  if (known !== null) {
    const last = new Map(known.map((target, i) => [target, i]))
    return last.size === n
      ? splat(1, aval([n], 'bool'))
      : array(known.map((target, i) => last.get(target) === i))
  }
  return n <= pairwiseLimit ? pairwise(targets, n) : bitwise(targets, n, size)
}

/** Write i is the last unless some j > i has its target. */
const pairwise = (targets: Tensor, n: number): Tensor => {
  const [row, column] = [iota('int32', [n, n], 0), iota('int32', [n, n], 1)]
  const same = eq(broadcastInDim(targets, [n, n], [0]), broadcastInDim(targets, [n, n], [1]))
  return not(reduceOr(and(same, gt(column, row)), [1]))
}

/**
 * The greatest write number of each target, from the highest bit down: where some write that is still in the
 * running has the bit set, those without it drop out.
 */
const bitwise = (targets: Tensor, n: number, size: number): Tensor => {
  const numbers = iota('int32', [n], 0)
  let running: Tensor = splat(1, aval([n], 'bool'))
  for (let bit = Math.ceil(Math.log2(n)) - 1; bit >= 0; bit--) {
    const set = eq(and(shiftRightArithmetic(numbers, bit), 1), 1)
    const counts = scatterAdd(
      splat(0, aval([size], 'int32')),
      [targets],
      convert(and(running, set), 'int32'),
      [0],
    )
    running = and(running, or(set, eq(gather(counts, [targets], [0]), 0)))
  }
  return running
}

/** Index tuples as places in the row-major order of `sizes`, as a vector; −1 for those out of range. */
export const flatTargets = (indices: readonly Tensor[], sizes: readonly number[]): Tensor => {
  const flat = indices.reduce((at, index, k) => (k === 0 ? index : add(mul(at, sizes[k]), index)))
  const inside = indices.map((index, k) => and(ge(index, 0), lt(index, sizes[k]))).reduce((a, b) => and(a, b))
  return reshape(select(inside, flat, fullLike(flat, -1)), [flat.size])
}

/** The same of positions written down. */
export const flatNumbers = (
  indices: readonly (readonly number[])[],
  sizes: readonly number[],
): readonly number[] =>
  indices[0].map((_, i) =>
    indices.every((index, k) => index[i] >= 0 && index[i] < sizes[k])
      ? indices.reduce((at, index, k) => at * sizes[k] + index[i], 0)
      : -1,
  )

/** For each place of `size`, the number of the last write to it, and whether there is one. */
export const sourceOf = (
  targets: Tensor,
  size: number,
  known: readonly number[] | null,
): { readonly write: Tensor; readonly written: Tensor } => {
  const last = lastWrites(targets, size, known)
  const numbered = add(iota('int32', targets.shape, 0), 1)
  const entries = select(last, numbered, zerosLike(numbered))
  const slots = scatterAdd(splat(0, aval([size], 'int32')), [targets], entries, [0])
  const written = gt(slots, 0)
  return { write: select(written, sub(slots, fullLike(slots, 1)), zerosLike(slots)), written }
}
