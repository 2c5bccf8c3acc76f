import type { Tensor } from '../../src/graph/tensor.js'
import { type Plain, toPlain } from '../laws/plain.js'

/** Results of any backend: one that answers later is waited for, and can be read at once then. */
export const plainResults = async (outputs: readonly Tensor[]): Promise<readonly Plain[]> => {
  await Promise.all(outputs.map((t) => t.data()))
  return outputs.map(toPlain)
}
