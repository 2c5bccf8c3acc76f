import * as augment from '../../src/augment.js'
import { jit, random } from '../../src/index.js'
import type { Work } from '../suite.js'
import { ours } from './beside.js'

const [batch, side] = [64, 28]

/** A batch of digits made ready for training, as the convolutional network wants it: at least 10,000 images a second. */
export const augmentWork: Work = {
  work: "MY_NET's training transform",
  shape: `[${batch},1,${side},${side}]→[${batch},3,48,48]`,
  operations: null,
  mostMs: (1000 * batch) / 10_000,
  prepare: async () => {
    const transform = jit(augment.batchedFrom(augment.mnistTrainTransform))
    const images = random.uniform(random.key(0), [batch, 1, side, side])
    const key = random.key(1)
    return {
      ours: ours(() => [transform(key, images)]),
      peers: [],
      close: () => {
        for (const t of [images, key]) t.dispose()
      },
    }
  },
}
