import type { Chain } from '../chains.js'
import type { Contender } from '../suite.js'

/** A work that a library repeats, and what it computes. */
export type PeerTask = {
  readonly run: Contender['run']
  readonly result: () => Promise<readonly Float32Array[]>
}

/** `null`: it cannot, or so slowly that it says nothing. */
type Can = PeerTask | null

/** A tanh network over a sequence: hₜ₊₁ = tanh(xₜ·u + hₜ·w + b), h₀ = 0; its loss is the sum of the last h². */
export type Recurrence = {
  readonly width: number
  /** f32[1, width] at each time. */
  readonly xs: readonly Float32Array[]
  /** f32[width, width] */
  readonly u: Float32Array
  readonly w: Float32Array
  readonly b: Float32Array
}

/** Another library, and what it can do. */
export interface PeerLibrary {
  readonly name: string
  matmul(a: Float32Array, b: Float32Array, n: number): Can
  chain(x: Float32Array, shape: readonly number[], chain: Chain['name']): Can
  softmax(x: Float32Array, shape: readonly number[]): Can
  /** Of the sum of softmax(x)·weights. */
  softmaxGradient(x: Float32Array, weights: Float32Array, shape: readonly number[]): Can
  /** Over one axis, or over all. */
  sum(x: Float32Array, shape: readonly number[], axis?: number): Can
  cumsum(x: Float32Array, shape: readonly number[], axis: number): Can
  /** Each row ascending. */
  sortRows(x: Float32Array, shape: readonly [number, number]): Can
  /** The k greatest of each row, greatest first. */
  greatest(x: Float32Array, shape: readonly [number, number], k: number): Can
  /** Zeros of `[rows, width]` with row i of updates `[n, width]` added to row `at[i]`. */
  addRows(updates: Float32Array, at: Int32Array, rows: number, width: number): Can
  /** Of 3×3 kernels `[o, i, 3, 3]`, with as many places as x `[n, i, h, w]`. */
  conv(
    x: Float32Array,
    xShape: readonly [number, number, number, number],
    kernel: Float32Array,
    outputs: number,
  ): Can
  /** By u, w and b. */
  recurrenceGradient(of: Recurrence): Can
}
