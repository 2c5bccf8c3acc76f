import { type JaxArray, loadJax } from './jax.js'
import type { PeerLibrary, PeerTask } from './peer.js'

export const jaxJs = async (): Promise<PeerLibrary> => {
  const jax = await loadJax('wasm')
  const { numpy: np } = jax
  const all = (f: (...xs: JaxArray[]) => readonly JaxArray[], ...inputs: readonly JaxArray[]): PeerTask => {
    const compiled = jax.jit(f)
    const call = () => compiled(...inputs.map((x) => x.ref))
    return {
      run: async (times) => {
        for (let i = 0; i < times; i++) for (const y of call()) (await y.blockUntilReady()).dispose()
      },
      result: () => Promise.all(call().map(async (y) => Float32Array.from(await y.data()))),
    }
  }
  const one = (f: (...xs: JaxArray[]) => JaxArray, ...inputs: readonly JaxArray[]): PeerTask =>
    all((...xs) => [f(...xs)], ...inputs)
  const array = (data: Float32Array, shape: readonly number[]) => np.array(data).reshape(shape)
  return {
    name: 'jax-js wasm',
    matmul: (a, b, n) => one((x, y) => np.matmul(x, y), array(a, [n, n]), array(b, [n, n])),
    chain: (data, shape, chain) => {
      const isCheap = chain === 'cheap'
      return one(
        (x) => {
          const a = np.abs(x.ref.mul(1.5).add(0.25)).sub(0.5)
          const b = np.maximum((isCheap ? np.square(a) : np.exp(a)).add(x.ref), -0.25).mul(x)
          return (isCheap ? b.neg() : np.tanh(b)).add(1)
        },
        array(data, shape),
      )
    },
    softmax: (data, shape) => one((x) => jax.nn.softmax(x), array(data, shape)),
    softmaxGradient: (data, weights, shape) =>
      one(
        jax.grad((x: JaxArray, w: JaxArray) => np.sum(jax.nn.softmax(x).mul(w))),
        array(data, shape),
        array(weights, shape),
      ),
    sum: (data, shape, axis) => one((x) => np.sum(x, axis), array(data, shape)),
    cumsum: (data, shape, axis) => one((x) => np.cumsum(x, axis), array(data, shape)),
    sortRows: (data, shape) => one((x) => np.sort(x, 1), array(data, shape)),
    // by sorting whole rows
    greatest: () => null,
    // it has no scatter of its own
    addRows: () => null,
    // without a fast path: three seconds a call
    conv: () => null,
    // it has no loop that can be differentiated: step after step
    recurrenceGradient: ({ width, xs, u, w, b }) => {
      const loss = ([u, w, b]: readonly JaxArray[], ...xs: readonly JaxArray[]): JaxArray => {
        const h = xs.reduce<JaxArray | null>((h, x) => {
          const z = np.matmul(x, u.ref).add(b.ref)
          return np.tanh(h === null ? z : z.add(np.matmul(h, w.ref)))
        }, null)
        if (h === null) throw new Error('recurrenceGradient: at least one time is required, got none.')
        for (const unused of [u, w, b]) unused.dispose()
        return np.sum(np.square(h))
      }
      const square = [width, width]
      return all(
        (u, w, b, ...xs) => jax.grad(loss)([u, w, b], ...xs),
        array(u, square),
        array(w, square),
        np.array(b),
        ...xs.map((x) => array(x, [1, width])),
      )
    },
  }
}
