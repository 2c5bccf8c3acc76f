import { leaves } from '../graph/tree.js'
import { toTensor } from '../ops/elementwise/lift.js'

/** Number of values in a tree of parameters. */
export const countParameters = (params: unknown): number =>
  leaves(params).reduce<number>((n, l) => n + toTensor(l).size, 0)
