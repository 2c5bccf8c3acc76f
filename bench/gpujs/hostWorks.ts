import { jit, np, type Tensor } from '../../src/index.js'
import { mlpStep } from '../mlpStep.js'
import type { Contender, Work } from '../suite.js'
import { waitForTensor } from './beside.js'

const million = 1 << 20

/** A work without peer. */
const alone = (
  work: string,
  shape: string,
  mostMs: number | null,
  prepare: () => Omit<Contender, 'name'> & { readonly close: () => void },
): Work => ({
  work,
  shape,
  operations: null,
  mostMs,
  prepare: async () => {
    const { close, ...contender } = prepare()
    return { ours: { name: 'grad-ts', ...contender }, peers: [], close }
  },
})

/** A call returns before the device has worked. */
const tinyCall = alone('jit call, not read', '[4]', 0.15, () => {
  const x = np.array([1, 2, 3, 4])
  const f = jit((x: Tensor) => x.mul(2).add(1))
  return {
    run: (times) => {
      for (let i = 0; i < times; i++) f(x).dispose()
    },
    close: () => x.dispose(),
  }
})

/** Of arrays that the device has drawn already. */
const readBack = alone('read back', `[${million}]`, 1, () => {
  const x = np.array(new Float32Array(million).fill(1))
  const twice = jit((x: Tensor) => x.mul(2))
  const drawn: Tensor[] = []
  return {
    before: (times) => {
      for (let i = 0; i < times; i++) drawn.push(twice(x))
      waitForTensor(drawn[times - 1])
    },
    run: () => {
      for (const y of drawn.splice(0)) {
        y.dataSync()
        y.dispose()
      }
    },
    close: () => x.dispose(),
  }
})

/** From host memory to the first use, of a single element. */
const upload = alone('upload', `[${million}]`, null, () => {
  const data = new Float32Array(million).fill(1)
  return {
    run: (times) => {
      for (let i = 0; i < times; i++) {
        const x = np.array(data)
        waitForTensor(x)
        x.dispose()
      }
    },
    close: () => {},
  }
})

const training = alone('MLP training step', '784-128-10, batch 64', null, () => ({
  ...mlpStep(waitForTensor),
  close: () => {},
}))

/** What costs calls and transfers, rather than arithmetic. */
export const hostWorks: readonly Work[] = [tinyCall, readBack, upload, training]
