import type { Tensor } from '../../src/index.js'
import { requireEqualResults } from '../equalResults.js'
import type { Contender, Peer, Prepared } from '../suite.js'
import { waitForTensor } from '../waitForTensor.js'
import { elementsOf, type Gpu, type Texture, waiting } from './gl.js'

/** At least so much of a hand-written kernel's speed. */
export const rawBar = 0.8

/**
 * A function of ours of arrays on the device, the results disposed of. Each is waited for: a renderer leaves out what is
 * drawn over before anybody looks.
 */
export const ours = (f: () => readonly Tensor[]): Contender => ({
  name: 'grad-ts',
  run: (times) => {
    for (let i = 0; i < times; i++) {
      const made = f()
      waitForTensor(made[0])
      for (const x of made) x.dispose()
    }
  },
})

/** A hand-written kernel on the device, waited for as ours is. */
export const raw = (wait: (drawn: Texture) => void, f: () => Texture): Peer => ({
  name: 'raw gpu.js',
  bar: rawBar,
  run: (times) => {
    for (let i = 0; i < times; i++) {
      const made = f()
      wait(made)
      made.delete()
    }
  },
})

/** Both from the same numbers. @throws where the results differ: what is compared has to be the same work */
export const beside = (
  gpu: Gpu,
  name: string,
  own: () => Tensor,
  byHand: () => Texture,
  size: { readonly width: number; readonly height: number },
  others: readonly Peer[],
  close: () => void,
): Prepared => {
  const [mine, theirs] = [own(), byHand()]
  const [a, b] = [mine.dataSync(), elementsOf(theirs, size.width, size.height)]
  // a texel holds four elements, also where there is one
  requireEqualResults(`${name} by hand`, [b.subarray(0, a.length)], [a])
  mine.dispose()
  theirs.delete()
  return { ours: ours(() => [own()]), peers: [raw(waiting(gpu), byHand), ...others], close }
}
