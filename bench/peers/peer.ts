import type { Chain } from '../chains.js'
import type { Contender } from '../suite.js'

type Run = Contender['run'] | null

/** Another library, and what it can do; `null`: it cannot, or so slowly that it says nothing. */
export interface PeerLibrary {
  readonly name: string
  matmul(a: Float32Array, b: Float32Array, n: number): Run
  chain(x: Float32Array, shape: readonly number[], chain: Chain['name']): Run
  softmax(x: Float32Array, shape: readonly number[]): Run
  sum(x: Float32Array): Run
  /** Of 3×3 kernels `[o, i, 3, 3]`, with as many places as x `[n, i, h, w]`. */
  conv(
    x: Float32Array,
    xShape: readonly [number, number, number, number],
    kernel: Float32Array,
    outputs: number,
  ): Run
}
