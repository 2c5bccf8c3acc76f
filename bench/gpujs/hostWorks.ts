import { jit, np, type Tensor } from '../../src/index.js'
import { mlpStep } from '../mlpStep.js'
import type { Contender, Peer, Work } from '../suite.js'
import { waitForTensor } from '../waitForTensor.js'
import { rawBar } from './beside.js'
import { arrays, elementsOf, filled, type Gpu, settings, type Texture, waiting } from './gl.js'

const million = 1 << 20

/** A work of which the time is what counts. */
const timed = (
  work: string,
  shape: string,
  mostMs: number | null,
  prepare: () => Omit<Contender, 'name'> & { readonly close: () => void },
  peers: () => readonly Peer[] = () => [],
): Work => ({
  work,
  shape,
  operations: null,
  mostMs,
  prepare: async () => {
    const { close, ...contender } = prepare()
    return { ours: { name: 'grad-ts', ...contender }, peers: peers(), close }
  },
})

/** A call returns before the device has worked. */
const tinyCall = timed('jit call, not read', '[4]', 0.15, () => {
  const x = np.array([1, 2, 3, 4])
  const f = jit((x: Tensor) => x.mul(2).add(1))
  return {
    run: (times) => {
      for (let i = 0; i < times; i++) f(x).dispose()
    },
    close: () => x.dispose(),
  }
})

/** Both read arrays that the device has drawn already, into new ones. */
const readBack = (gpu: Gpu): Work =>
  timed(
    'read back',
    `[${million}]`,
    1,
    () => {
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
    },
    () => [rawReadBack(gpu)],
  )

const rawReadBack = (gpu: Gpu): Peer => {
  const side = 512
  const x = filled(gpu, side, side, 1)
  const copy = gpu.createKernel('function(a) { return a[this.thread.y][this.thread.x]; }', {
    ...settings,
    ...arrays(1),
    output: [side, side],
  })
  const wait = waiting(gpu)
  const drawn: Texture[] = []
  return {
    name: 'raw gpu.js',
    bar: rawBar,
    before: (times) => {
      for (let i = 0; i < times; i++) drawn.push(copy(x))
      wait(drawn[times - 1])
    },
    run: () => {
      for (const y of drawn.splice(0)) {
        elementsOf(y, side, side)
        y.delete()
      }
    },
  }
}

/** From host memory to the first use, of a single element. */
const upload = timed('upload', `[${million}]`, null, () => {
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

const training = timed('MLP training step', '784-128-10, batch 64', null, () => ({
  ...mlpStep(waitForTensor),
  close: () => {},
}))

/** What costs calls and transfers, rather than arithmetic. */
export const hostWorks = (gpu: Gpu): readonly Work[] => [tinyCall, readBack(gpu), upload, training]
