import { jit, np, type Tensor } from '../../src/index.js'
import { numbers } from '../numbers.js'
import type { PeerWork } from '../peers/index.js'
import type { Work } from '../suite.js'
import { type Bars, beside } from './beside.js'

/** A work on one array, or on two of its shape. */
export const onArrays = (
  work: string,
  shape: readonly number[],
  own: (x: Tensor, w: Tensor) => Tensor,
  peerWork: (x: Float32Array, w: Float32Array) => PeerWork,
  bars: Bars,
): Work => ({
  work,
  shape: `[${shape.join(',')}]`,
  operations: null,
  mostMs: null,
  prepare: () => {
    const count = shape.reduce((p, d) => p * d, 1)
    const data = [numbers(count, 3), numbers(count, 4)]
    const [x, w] = data.map((d) => np.array(d, { shape }))
    const f = jit(own)
    return beside({ name: work, f: () => [f(x, w)], operands: [x, w] }, peerWork(data[0], data[1]), bars)
  },
})
