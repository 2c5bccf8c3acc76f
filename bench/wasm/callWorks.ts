import { jit, np, type Tensor } from '../../src/index.js'
import type { Work } from '../suite.js'
import { beside } from './beside.js'
import { firstCallOf, onceAProcess } from './freshProcess.js'
import { ownRecurrence, recurrence } from './recurrence.js'

const tinyCall: Work = {
  work: 'jit call',
  shape: '[4]',
  operations: null,
  mostMs: 0.02,
  prepare: async () => {
    const x = np.array([1, 2, 3, 4])
    const f = jit((x: Tensor) => x.mul(2).add(1))
    return {
      ours: {
        name: 'grad-ts',
        run: (times) => {
          for (let i = 0; i < times; i++) f(x).dispose()
        },
      },
      peers: [],
      close: () => x.dispose(),
    }
  },
}

const recurrenceShape = '128 steps, 32 wide'

const recurrenceWork: Work = {
  work: 'tanh RNN, gradient by scan',
  shape: recurrenceShape,
  operations: null,
  mostMs: null,
  prepare: async () => {
    const of = recurrence()
    const { gradient, operands } = ownRecurrence(of)
    const work = { name: 'RNN', f: gradient, operands }
    return beside(work, (peer) => peer.recurrenceGradient(of), { 'jax-js wasm': 2 })
  },
}

/** A work of which the first call counts, alone or beside jax-js's. */
const firstCall = (
  work: string,
  shape: string,
  what: string,
  mostMs: number | null,
  peer?: { readonly what: string; readonly bar: number },
): Work => ({
  work: `${work} (fresh process)`,
  shape,
  operations: null,
  mostMs,
  effort: onceAProcess,
  prepare: async () => ({
    ours: firstCallOf('grad-ts', what),
    peers: peer === undefined ? [] : [{ ...firstCallOf('jax-js wasm', peer.what), bar: peer.bar }],
    close: () => {},
  }),
})

export const callWorks: readonly Work[] = [
  recurrenceWork,
  firstCall('tanh RNN, first call', recurrenceShape, 'recurrence, ours', null, {
    what: 'recurrence, jax-js',
    bar: 4,
  }),
  tinyCall,
  firstCall('MLP step, first call', '784-512-10, batch 64', 'MLP step', 150),
  firstCall('MY_NET step, first call less a warm one', 'batch 64', 'MY_NET step', 500),
  firstCall(
    'MY_NET step, first call less a warm one, memory touched before',
    'batch 64',
    'MY_NET step, memory touched',
    null,
  ),
]
