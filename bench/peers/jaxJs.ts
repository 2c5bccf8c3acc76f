import type { PeerLibrary } from './peer.js'

/** Operations use their arguments up; `ref` keeps one. */
interface JaxArray {
  readonly ref: JaxArray
  reshape(shape: readonly number[]): JaxArray
  add(y: JaxArray | number): JaxArray
  sub(y: JaxArray | number): JaxArray
  mul(y: JaxArray | number): JaxArray
  neg(): JaxArray
  blockUntilReady(): Promise<JaxArray>
  dispose(): void
}

/** The part of jax-js that is used here, so that types need no installed package. */
interface Jax {
  init(device: string): Promise<readonly string[]>
  defaultDevice(device: string): string
  jit(f: (...xs: JaxArray[]) => JaxArray): (...xs: JaxArray[]) => JaxArray
  readonly nn: { softmax(x: JaxArray): JaxArray }
  readonly numpy: {
    array(data: Float32Array): JaxArray
    matmul(x: JaxArray, y: JaxArray): JaxArray
    sum(x: JaxArray): JaxArray
    abs(x: JaxArray): JaxArray
    square(x: JaxArray): JaxArray
    exp(x: JaxArray): JaxArray
    tanh(x: JaxArray): JaxArray
    maximum(x: JaxArray, y: number): JaxArray
  }
}

export const jaxJs = async (): Promise<PeerLibrary> => {
  const name: string = '@jax-js/jax'
  const jax: Jax = await import(name)
  const { numpy: np } = jax
  if (!(await jax.init('wasm')).includes('wasm'))
    throw new Error('jax-js: the wasm backend is required, and does not start.')
  jax.defaultDevice('wasm')
  const repeated = (f: (...xs: JaxArray[]) => JaxArray, ...inputs: readonly JaxArray[]) => {
    const compiled = jax.jit(f)
    return async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++)
        (await compiled(...inputs.map((x) => x.ref)).blockUntilReady()).dispose()
    }
  }
  const array = (data: Float32Array, shape: readonly number[]) => np.array(data).reshape(shape)
  return {
    name: 'jax-js wasm',
    matmul: (a, b, n) => repeated((x, y) => np.matmul(x, y), array(a, [n, n]), array(b, [n, n])),
    chain: (data, shape, chain) => {
      const isCheap = chain === 'cheap'
      return repeated(
        (x) => {
          const a = np.abs(x.ref.mul(1.5).add(0.25)).sub(0.5)
          const b = np.maximum((isCheap ? np.square(a) : np.exp(a)).add(x.ref), -0.25).mul(x)
          return (isCheap ? b.neg() : np.tanh(b)).add(1)
        },
        array(data, shape),
      )
    },
    softmax: (data, shape) => repeated((x) => jax.nn.softmax(x), array(data, shape)),
    sum: (data) => repeated((x) => np.sum(x), array(data, [data.length])),
    // without a fast path: three seconds a call
    conv: () => null,
  }
}
