import { optionsOf } from '../graph/options.js'
import { GradError } from '../ir/errors.js'
import { foldIn } from '../random/foldIn.js'
import { key } from '../random/key.js'
import { permutation } from '../random/permutation.js'
import { inOrder } from './batches.js'

/** The order that the examples of an epoch come in. */
export type EpochOrder = {
  /** From 0 on; the same seed gives the same orders. */
  readonly seed: number
  /** From 0 on; each epoch has an order of its own. */
  readonly epoch: number
  /** Without it, as they are in the set. */
  readonly shuffle?: boolean
}

/**
 * The order of `count` examples in an epoch: u32[count], a permutation that depends on the seed and the epoch alone.
 * @throws GradError unless seed and epoch are integers from 0 on
 * @example
 * ```ts
 * import { epochOrder } from 'grad-ts/train'
 * Array.from(epochOrder(5, { seed: 0, epoch: 3 })).sort() // => [0, 1, 2, 3, 4]
 * ```
 */
export const epochOrder = (count: number, options: EpochOrder): Uint32Array => {
  const { seed, epoch, shuffle = true } = optionsOf('epochOrder', 'seed epoch shuffle', options)
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(epoch) || seed < 0 || epoch < 0)
    throw new GradError(`epochOrder: a seed and an epoch from 0 on are required, got ${seed} and ${epoch}.`)
  return shuffle ? Uint32Array.from(permutation(foldIn(key(seed), epoch), count).dataSync()) : inOrder(count)
}
