import { Tensor } from '../graph/tensor.js'
import { leaves } from '../graph/tree.js'

/** Number of values in a tree of parameters. */
export const countParameters = (params: unknown): number =>
  leaves(params).reduce<number>((n, l) => n + (l instanceof Tensor ? l.size : 1), 0)
