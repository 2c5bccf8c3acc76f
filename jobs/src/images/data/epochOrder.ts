import { GradError, random } from 'grad-ts'
import { codecs } from 'grad-ts/io'

/** Which order the images of an epoch come in. */
export type EpochOrder = {
  /** From 0 on; the same seed gives the same orders. */
  readonly seed: number
  /** From 0 on; each epoch has an order of its own. */
  readonly epoch: number
  /** Without it, as they are in the set. */
  readonly shuffle?: boolean
}

/**
 * The order of `count` images in an epoch: u32[count], a permutation that depends on the seed and the epoch alone.
 * @throws GradError unless seed and epoch are integers from 0 on
 */
export const epochOrder = (count: number, options: EpochOrder): Uint32Array => {
  const { seed, epoch, shuffle = true } = codecs.optionsOf('epochOrder', 'seed epoch shuffle', options)
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(epoch) || seed < 0 || epoch < 0)
    throw new GradError(`epochOrder: a seed and an epoch from 0 on are required, got ${seed} and ${epoch}.`)
  const order = shuffle
    ? random.permutation(random.foldIn(random.key(seed), epoch), count).dataSync()
    : Uint32Array.from({ length: count }, (_, i) => i)
  return Uint32Array.from(order)
}
