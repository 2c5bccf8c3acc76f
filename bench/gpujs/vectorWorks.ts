import { jit, nn, np, type Tensor } from '../../src/index.js'
import { chain, transcendentalChain } from '../chains.js'
import { type PeerWork, peersOf } from '../peers/index.js'
import type { Work } from '../suite.js'
import { beside } from './beside.js'
import { elementsOf, filled, type Gpu, type Texture } from './gl.js'
import { rawChain, rawSoftmax, rawSum } from './rawVectors.js'

/** A work on one array. */
const onOne = (
  gpu: Gpu,
  work: string,
  shape: readonly number[],
  own: (x: Tensor) => Tensor,
  byHand: () => (x: Texture) => Texture,
  result: { readonly width: number; readonly height: number },
  peerWork: (data: Float32Array) => PeerWork,
): Work => ({
  work,
  shape: `[${shape.join(',')}]`,
  operations: null,
  mostMs: null,
  prepare: async () => {
    const elements = shape.reduce((p, d) => p * d, 1)
    const size = { width: 1024 / 4, height: elements / 1024 }
    const texture = filled(gpu, size.width, size.height, 3)
    const data = elementsOf(texture, size.width, size.height)
    const x = np.array(data, { shape })
    const [f, g] = [jit(own), byHand()]
    return beside(
      gpu,
      work,
      () => f(x),
      () => g(texture),
      result,
      await peersOf(peerWork(data)),
      () => {
        x.dispose()
        texture.delete()
      },
    )
  },
})

export const vectorWorks = (gpu: Gpu): readonly Work[] => {
  const large = [4096, 1024]
  const whole = { width: 256, height: 4096 }
  const chains = [
    { name: 'chain of 10', chain },
    { name: 'chain of 10, exp and tanh', chain: transcendentalChain },
  ].map(({ name, chain }) =>
    onOne(
      gpu,
      name,
      large,
      chain.ours,
      () => rawChain(gpu, whole, chain.byHand),
      whole,
      (data) => (peer) => peer.chain(data, large, chain.name),
    ),
  )
  return [
    ...chains,
    onOne(
      gpu,
      'softmax',
      large,
      (x) => nn.softmax(x),
      () => rawSoftmax(gpu, 4096, 1024),
      whole,
      (data) => (peer) => peer.softmax(data, large),
    ),
    onOne(
      gpu,
      'sum',
      [4096 * 1024],
      (x) => np.sum(x),
      () => rawSum(gpu, whole),
      { width: 1, height: 1 },
      (data) => (peer) => peer.sum(data, [data.length]),
    ),
  ]
}
