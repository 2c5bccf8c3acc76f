import { grad, nn, np, type Tensor } from '../../src/index.js'
import { chain, transcendentalChain } from '../chains.js'
import type { Work } from '../suite.js'
import { byThreads } from './beside.js'
import { onArrays } from './onArrays.js'

const large = [4096, 1024]

const gradientOfSoftmax = (x: Tensor, w: Tensor): Tensor => grad((x: Tensor) => nn.softmax(x).mul(w).sum())(x)

export const vectorWorks = (threads: number): readonly Work[] => {
  const mixed = byThreads(threads, 1 / 0.2, 1 / 0.12)
  const axisSum = byThreads(threads, 1 / 0.6, null)
  const chains = [
    { name: 'chain of 10', chain, bars: { 'jax-js wasm': 2 } },
    {
      name: 'chain of 10, exp and tanh',
      chain: transcendentalChain,
      bars: mixed === null ? {} : { 'jax-js wasm': mixed },
    },
  ].map(({ name, chain, bars }) =>
    onArrays(name, large, chain.ours, (x) => (peer) => peer.chain(x, large, chain.name), bars),
  )
  const axisSums = [0, 1].map((axis) =>
    onArrays(
      `sum over axis ${axis}`,
      large,
      (x) => np.sum(x, { axis }),
      (x) => (peer) => peer.sum(x, large, axis),
      axisSum === null ? {} : { 'jax-js wasm': axisSum },
    ),
  )
  return [
    ...chains,
    onArrays(
      'softmax',
      large,
      (x) => nn.softmax(x),
      (x) => (peer) => peer.softmax(x, large),
      {
        'tfjs-wasm': 2,
      },
    ),
    onArrays(
      'softmax, gradient',
      large,
      gradientOfSoftmax,
      (x, w) => (peer) => peer.softmaxGradient(x, w, large),
      { 'jax-js wasm': 1 / 0.3 },
    ),
    onArrays(
      'sum',
      [4096 * 1024],
      (x) => np.sum(x),
      (x) => (peer) => peer.sum(x, [x.length]),
      {
        'jax-js wasm': 1 / 0.12,
      },
    ),
    ...axisSums,
    onArrays(
      'cumsum over axis 1',
      large,
      (x) => np.cumsum(x, 1),
      (x) => (peer) => peer.cumsum(x, large, 1),
      { 'jax-js wasm': 1 / 0.05 },
    ),
  ]
}
