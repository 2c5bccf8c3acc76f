import { createRequire } from 'node:module'
import type { PeerLibrary, PeerTask } from './peer.js'

interface TfTensor {
  dispose(): void
  dataSync(): ArrayLike<number>
}

/** The part of tfjs that is used here, so that types need no installed package. */
interface Tf {
  setBackend(name: string): Promise<boolean>
  tensor(data: Float32Array | Int32Array, shape: readonly number[], dtype?: string): TfTensor
  tidy(f: () => TfTensor): TfTensor
  matMul(a: TfTensor, b: TfTensor): TfTensor
  softmax(x: TfTensor): TfTensor
  sum(x: TfTensor, axis?: number): TfTensor
  cumsum(x: TfTensor, axis: number): TfTensor
  topk(x: TfTensor, k: number): { readonly values: TfTensor }
  scatterND(at: TfTensor, updates: TfTensor, shape: readonly number[]): TfTensor
  conv2d(x: TfTensor, kernel: TfTensor, strides: number, padding: string): TfTensor
  transpose(x: TfTensor, axes: readonly number[]): TfTensor
  abs(x: TfTensor): TfTensor
  square(x: TfTensor): TfTensor
  neg(x: TfTensor): TfTensor
  exp(x: TfTensor): TfTensor
  tanh(x: TfTensor): TfTensor
  add(x: TfTensor, y: TfTensor | number): TfTensor
  sub(x: TfTensor, y: TfTensor | number): TfTensor
  mul(x: TfTensor, y: TfTensor | number): TfTensor
  maximum(x: TfTensor, y: TfTensor | number): TfTensor
}

/** Operations run at once, on one thread. */
const repeated = (tf: Tf, f: () => TfTensor, seen: (made: TfTensor) => TfTensor = (y) => y): PeerTask => ({
  run: (times) => {
    for (let i = 0; i < times; i++) tf.tidy(f).dispose()
  },
  result: async () => {
    const made = tf.tidy(() => seen(f()))
    const data = Float32Array.from(made.dataSync())
    made.dispose()
    return [data]
  },
})

export const tfjsWasm = async (): Promise<PeerLibrary> => {
  // as CommonJS: its ES modules find no WebAssembly file under Node
  const require = createRequire(import.meta.url)
  const tf: Tf = require('@tensorflow/tfjs-core')
  require('@tensorflow/tfjs-backend-wasm')
  if (!(await tf.setBackend('wasm')))
    throw new Error('tfjs: the wasm backend is required, and does not start.')
  return {
    name: 'tfjs-wasm',
    matmul: (a, b, n) => {
      const [x, y] = [tf.tensor(a, [n, n]), tf.tensor(b, [n, n])]
      return repeated(tf, () => tf.matMul(x, y))
    },
    chain: (data, shape, name) => {
      const x = tf.tensor(data, shape)
      const isCheap = name === 'cheap'
      return repeated(tf, () => {
        const a = tf.sub(tf.abs(tf.add(tf.mul(x, 1.5), 0.25)), 0.5)
        const b = tf.mul(tf.maximum(tf.add(isCheap ? tf.square(a) : tf.exp(a), x), -0.25), x)
        return tf.add(isCheap ? tf.neg(b) : tf.tanh(b), 1)
      })
    },
    softmax: (data, shape) => {
      const x = tf.tensor(data, shape)
      return repeated(tf, () => tf.softmax(x))
    },
    // the package's gradients would have to be registered for it alone
    softmaxGradient: () => null,
    sum: (data, shape, axis) => {
      const x = tf.tensor(data, shape)
      return repeated(tf, () => tf.sum(x, axis))
    },
    cumsum: (data, shape, axis) => {
      const x = tf.tensor(data, shape)
      return repeated(tf, () => tf.cumsum(x, axis))
    },
    // it has none
    sortRows: () => null,
    greatest: (data, shape, k) => {
      const x = tf.tensor(data, shape)
      return repeated(tf, () => tf.topk(x, k).values)
    },
    addRows: (data, at, rows, width) => {
      const updates = tf.tensor(data, [at.length, width])
      const places = tf.tensor(at, [at.length, 1], 'int32')
      return repeated(tf, () => tf.scatterND(places, updates, [rows, width]))
    },
    conv: (data, shape, weights, outputs) => {
      // its layout is [n, h, w, i] and [3, 3, i, o]
      const x = tf.transpose(tf.tensor(data, shape), [0, 2, 3, 1])
      const kernel = tf.transpose(tf.tensor(weights, [outputs, shape[1], 3, 3]), [2, 3, 1, 0])
      return repeated(
        tf,
        () => tf.conv2d(x, kernel, 1, 'same'),
        (y) => tf.transpose(y, [0, 3, 1, 2]),
      )
    },
    recurrenceGradient: () => null,
  }
}
