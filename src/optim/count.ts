import { splat, type Tensor } from '../graph/tensor.js'
import { aval } from '../ir/aval.js'
import { add } from '../ops/elementwise/arithmetic.js'

/** The number of updates so far, i32[]. */
export type CountState = { readonly count: Tensor }

/** No updates yet. @internal */
export const zeroCount = (): Tensor => splat(0, aval([], 'int32'))

/** One update more. @internal */
export const increment = (count: Tensor): Tensor => add(count, 1)
