import { sizeOf } from '../../../ir/aval.js'
import { acc, type BufferId, type Load } from '../../../ir/expr.js'
import { type Contract, type Kernel, spaceOf } from '../../../ir/program.js'
import { sumOfProducts } from '../../../ir/sumOfProducts.js'
import { divisorOf, wholeOfParts } from '../nest/partialReduction.js'

/** The fewest and the most parts of a long sum, and the fewest steps that a part has. */
const [fewestParts, mostParts, fewestSteps] = [8, 16, 1024]

/** Sums of a part at most: they stay in a cache, and adding up the parts takes little. */
const mostSums = 1 << 16

/** Contractions of parts of the sums, and the kernel that adds up the parts. */
export type LongContraction = { readonly parts: Contract; readonly whole: Kernel }

/**
 * A contraction with few sums of many products, as the gradient of a convolution by its kernel is, in parts of its first axis of
 * k, each taken by one thread: then no operand is packed twice. Its parts are, as `[parts, …space]`, in the buffer
 * `partial`. How many there are does not depend on the number of threads. `null` where it is not worth it.
 */
export const longContraction = (step: Contract, partial: BufferId): LongContraction | null => {
  const { batch, m, n, k, lhs, rhs } = step
  const space = spaceOf(step)
  const most = Math.min(mostParts, Math.floor(sizeOf(k) / fewestSteps))
  const count = sizeOf(space) > mostSums ? 1 : divisorOf(k[0], most, (parts) => parts >= fewestParts, 1)
  const kernel = sumOfProducts(step)
  if (count === 1 || kernel.reduction === null || lhs.dynamic.length + rhs.dynamic.length > 0) return null
  const length = k[0] / count
  const ofPart = [length, ...k.slice(1)]
  /** An operand over `[count, …batch, …rows, …k of a part]`. */
  const operand = (load: Load, rows: readonly number[]): Load => {
    const { strides, guards } = load.view
    const first = batch.length + rows.length
    const divided = (own: readonly number[]) => [own[first] * length, ...own]
    const view = {
      ...load.view,
      shape: [count, ...batch, ...rows, ...ofPart],
      strides: divided(strides),
      guards: guards.map((g) => ({ ...g, coefs: divided(g.coefs) })),
    }
    return { ...load, view }
  }
  return {
    parts: {
      ...step,
      batch: [count, ...batch],
      k: ofPart,
      lhs: operand(lhs, m),
      rhs: operand(rhs, n),
      outputs: [{ buffer: partial, value: acc(0, lhs.dtype) }],
    },
    whole: wholeOfParts(kernel, kernel.reduction, count, () => partial),
  }
}
