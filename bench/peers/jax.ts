/** An array of jax-js. Operations use their arguments up; `ref` keeps one. */
export interface JaxArray {
  readonly ref: JaxArray
  reshape(shape: readonly number[]): JaxArray
  add(y: JaxArray | number): JaxArray
  sub(y: JaxArray | number): JaxArray
  mul(y: JaxArray | number): JaxArray
  div(y: JaxArray | number): JaxArray
  neg(): JaxArray
  blockUntilReady(): Promise<JaxArray>
  data(): Promise<ArrayLike<number>>
  dispose(): void
}

/** The part of jax-js that is used here, so that types need no installed package. */
export interface Jax {
  init(...devices: readonly string[]): Promise<readonly string[]>
  defaultDevice(device: string): string
  jit<A extends readonly unknown[], R>(f: (...args: A) => R): (...args: A) => R
  grad<A extends readonly unknown[]>(f: (...args: A) => JaxArray): (...args: A) => A[0]
  valueAndGrad<A extends readonly unknown[]>(
    f: (...args: A) => JaxArray,
  ): (...args: A) => readonly [JaxArray, A[0]]
  readonly nn: {
    relu(x: JaxArray): JaxArray
    softmax(x: JaxArray): JaxArray
    logSoftmax(x: JaxArray): JaxArray
    oneHot(labels: JaxArray, classes: number): JaxArray
  }
  readonly numpy: {
    readonly int32: string
    array(data: Float32Array | readonly number[] | number, options?: { readonly dtype: string }): JaxArray
    zerosLike(x: JaxArray): JaxArray
    matmul(x: JaxArray, y: JaxArray): JaxArray
    sum(x: JaxArray, axis?: number): JaxArray
    cumsum(x: JaxArray, axis?: number): JaxArray
    sort(x: JaxArray, axis: number): JaxArray
    abs(x: JaxArray): JaxArray
    sqrt(x: JaxArray): JaxArray
    square(x: JaxArray): JaxArray
    exp(x: JaxArray): JaxArray
    tanh(x: JaxArray): JaxArray
    maximum(x: JaxArray, y: number): JaxArray
  }
}

/** The package, installed or not when this is compiled; with one device. @throws where that does not start */
export const loadJax = async (device: string): Promise<Jax> => {
  const name: string = '@jax-js/jax'
  const jax: Jax = await import(name)
  await startJax(jax, device)
  return jax
}

/** @throws where the device does not start */
export const startJax = async (jax: Jax, device: string): Promise<void> => {
  if (!(await jax.init(device)).includes(device))
    throw new Error(`jax-js: the ${device} device is required, and does not start.`)
  jax.defaultDevice(device)
}
