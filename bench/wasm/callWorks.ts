import { jit, np, type Tensor } from '../../src/index.js'
import type { Figure, Work } from '../suite.js'
import { beside } from './beside.js'
import { firstCallOf, inFreshProcess, onceAProcess } from './freshProcess.js'
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
  firstCall('concatenate, first call', '2,000 parts', 'concatenation', 1000),
]

/** A gradient that is unrolled has a millisecond an equation for its first call, and 500 MB. */
const unrolled = (work: string, shape: string, what: string): Figure => ({
  work: `${work}, first call of the gradient (fresh process)`,
  shape,
  take: async () => {
    const { ms, megabytes, equations } = await inFreshProcess(what)
    return {
      ms,
      ratio: Math.min(equations / ms, 500 / megabytes),
      bar: 1,
      note: `${equations} equations, ${(ms / equations).toFixed(2)} ms each; at most ${megabytes.toFixed(0)} MB resident`,
    }
  },
})

export const unrolledFigures: readonly Figure[] = [
  unrolled('chain', '500 operations', 'chain of 500'),
  unrolled('chain', '2,000 operations', 'chain of 2,000'),
  unrolled('chain', '10,000 operations', 'chain of 10,000'),
  unrolled('products', '2,000 of 8×8', 'products, 2,000'),
]
