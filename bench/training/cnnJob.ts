import { fileURLToPath } from 'node:url'
import { isLeft } from 'fp-ts/lib/Either.js'
import { imageDataset } from '../../jobs/src/images/data/imageDataset.js'
import { loadMnist, locateMnist } from '../../jobs/src/images/data/mnist.js'
import { imageClassifier } from '../../jobs/src/images/models/imageClassifier.js'
import { mnistCnn } from '../../jobs/src/images/models/imageCnn.js'
import { batchIndices } from '../../src/data/batches.js'
import { epochOrder } from '../../src/data/epochOrder.js'
import { readMeasured } from '../../src/train/task.js'
import type { Effort } from '../measure.js'
import { startScript, whyNoModule } from '../python.js'
import type { Peer, Work } from '../suite.js'

const [batchSize, torchThreads] = [64, 2]
const torchName = `PyTorch and torchvision, ${torchThreads} threads`

const torch = (folder: string): { readonly peer: Peer; readonly close: () => void } => {
  const path = fileURLToPath(new URL('cnnJob.py', import.meta.url))
  const { ask, close } = startScript(path, [folder, String(torchThreads)])
  const run = async (times: number) => ({ ms: (await ask(`train ${times}`)) as number })
  return { peer: { name: torchName, run, bar: null }, close }
}

/** A batch of the job `train mnist-cnn`: gathered, transformed, learnt from; loss and accuracy read. */
export const cnnJobWork = (backend: string, effort: Partial<Effort>): Work => ({
  work: 'train mnist-cnn, a batch',
  shape: `${batchSize} digits`,
  operations: null,
  mostMs: null,
  effort,
  prepare: async () => {
    const loaded = await loadMnist()()
    if (isLeft(loaded)) throw new Error(loaded.left.message)
    if (isLeft(locateMnist)) throw new Error(locateMnist.left.message)
    const digits = imageDataset(loaded.right.train)
    const config = {
      lr: 1e-3,
      weightDecay: 1e-4,
      schedule: 'constant',
      accumulate: 1,
      average: null,
      seed: 0,
      backend,
    } as const
    const { task } = imageClassifier(mnistCnn, { config, steps: 1000 })
    const order = epochOrder(digits.count, { seed: 0, epoch: 0 })
    let state = task.init(0)
    let batch = 0
    const why = whyNoModule('torchvision', 'python3-torchvision')
    const beside = why === null ? torch(locateMnist.right) : null
    return {
      ours: {
        name: 'grad-ts',
        run: async (times) => {
          for (let i = 0; i < times; i++) {
            const stepped = await task.step(
              state,
              await digits.batch(batchIndices(order, batchSize, batch++)),
            )
            await readMeasured(stepped, batchSize)
            state = stepped.state
          }
        },
      },
      peers: beside === null ? [] : [beside.peer],
      absent: why === null ? [] : [{ name: torchName, why }],
      close: () => beside?.close(),
    }
  },
})
