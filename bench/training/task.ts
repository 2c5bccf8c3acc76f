/** The network that is trained, from what, and how: the same for all. */
export type Task = {
  readonly batch: number
  readonly widths: readonly number[]
  /** f32[batch, widths[0]] */
  readonly x: Float32Array
  readonly labels: readonly number[]
  /** Weights f32[out, in] and biases f32[out] at the start. */
  readonly layers: readonly { readonly weight: Float32Array; readonly bias: Float32Array }[]
  readonly adam: { readonly rate: number; readonly b1: number; readonly b2: number; readonly eps: number }
}

/** Training by one library on one of its backends. */
export type Trainer = {
  /** One step; gives its loss, once it was computed. */
  readonly step: () => number | Promise<number>
}

/** The gradient of the loss at the start, again and again. */
export type Gradient = {
  /** Computes it; gives the loss. */
  readonly run: () => Promise<number>
  /** Of weights f32[out, in] and biases f32[out], layer after layer. */
  readonly grads: () => Promise<readonly Float32Array[]>
}

/** f32[rows, columns] with its axes exchanged. */
export const transposed = (data: Float32Array, rows: number, columns: number): Float32Array =>
  Float32Array.from({ length: data.length }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)])
