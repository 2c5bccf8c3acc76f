import { type Task, type Trainer, transposed } from './task.js'

/** Operations use their arguments up; `ref` keeps one. */
interface JaxArray {
  readonly ref: JaxArray
  reshape(shape: readonly number[]): JaxArray
  add(y: JaxArray | number): JaxArray
  sub(y: JaxArray | number): JaxArray
  mul(y: JaxArray | number): JaxArray
  div(y: JaxArray | number): JaxArray
  data(): Promise<ArrayLike<number>>
}

type State = {
  readonly params: readonly JaxArray[]
  readonly mu: readonly JaxArray[]
  readonly nu: readonly JaxArray[]
  /** b1ᵗ and b2ᵗ after t steps */
  readonly decay1: JaxArray
  readonly decay2: JaxArray
}

type Loss = (params: readonly JaxArray[], x: JaxArray, classes: JaxArray) => JaxArray

/** The part of jax-js that is used here, so that types need no installed package. */
export interface Jax {
  init(...devices: readonly string[]): Promise<readonly string[]>
  defaultDevice(device: string): string
  jit<A extends readonly unknown[], R>(f: (...args: A) => R): (...args: A) => R
  valueAndGrad(f: Loss): (...args: Parameters<Loss>) => [JaxArray, readonly JaxArray[]]
  readonly nn: {
    relu(x: JaxArray): JaxArray
    logSoftmax(x: JaxArray): JaxArray
    oneHot(labels: JaxArray, classes: number): JaxArray
  }
  readonly numpy: {
    readonly int32: string
    array(data: Float32Array | readonly number[] | number, options?: { readonly dtype: string }): JaxArray
    zerosLike(x: JaxArray): JaxArray
    matmul(x: JaxArray, y: JaxArray): JaxArray
    sum(x: JaxArray): JaxArray
    sqrt(x: JaxArray): JaxArray
    square(x: JaxArray): JaxArray
  }
}

/** The whole step in one jit, Adam written out: the package has no optimizers. */
export const jaxJs = async (jax: Jax, task: Task, device: string): Promise<Trainer> => {
  const { nn, numpy: np } = jax
  const { batch, widths, adam } = task
  if (!(await jax.init(device)).includes(device))
    throw new Error(`jax-js: the ${device} device is required, and does not start.`)
  jax.defaultDevice(device)
  const x = np.array(task.x).reshape([batch, widths[0]])
  const classes = nn.oneHot(np.array(task.labels, { dtype: np.int32 }), widths[widths.length - 1])
  const params = task.layers.flatMap(({ weight, bias }, i) => {
    const [inputs, outputs] = [widths[i], widths[i + 1]]
    return [np.array(transposed(weight, outputs, inputs)).reshape([inputs, outputs]), np.array(bias)]
  })
  const lossOf: Loss = ([w1, b1, w2, b2], x, classes) => {
    const hidden = nn.relu(np.matmul(x, w1).add(b1))
    const logits = np.matmul(hidden, w2).add(b2)
    return np.sum(nn.logSoftmax(logits).mul(classes)).mul(-1 / batch)
  }
  const step = jax.jit((state: State, x: JaxArray, classes: JaxArray) => {
    const [loss, grads] = jax.valueAndGrad(lossOf)(
      state.params.map((p) => p.ref),
      x,
      classes,
    )
    const average = (old: JaxArray, next: JaxArray, b: number) => old.mul(b).add(next.mul(1 - b))
    const mu = grads.map((g, i) => average(state.mu[i], g.ref, adam.b1))
    const nu = grads.map((g, i) => average(state.nu[i], np.square(g), adam.b2))
    const [decay1, decay2] = [state.decay1.mul(adam.b1), state.decay2.mul(adam.b2)]
    const unbiased = (m: JaxArray, decay: JaxArray) => m.ref.div(decay.ref.mul(-1).add(1))
    const params = state.params.map((p, i) =>
      p.sub(
        unbiased(mu[i], decay1)
          .div(np.sqrt(unbiased(nu[i], decay2)).add(adam.eps))
          .mul(adam.rate),
      ),
    )
    return { loss, state: { params, mu, nu, decay1, decay2 } }
  })
  let state: State = {
    params,
    mu: params.map((p) => np.zerosLike(p.ref)),
    nu: params.map((p) => np.zerosLike(p.ref)),
    decay1: np.array(1),
    decay2: np.array(1),
  }
  return {
    step: async () => {
      jax.defaultDevice(device)
      const next = step(state, x.ref, classes.ref)
      state = next.state
      const [loss] = Array.from(await next.loss.data())
      return loss
    },
  }
}
