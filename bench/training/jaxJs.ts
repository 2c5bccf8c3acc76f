import { type Jax, type JaxArray, startJax } from '../peers/jax.js'
import { type Gradient, type Task, type Trainer, transposed } from './task.js'

type Params = readonly JaxArray[]

type State = {
  readonly params: Params
  readonly mu: Params
  readonly nu: Params
  /** b1ᵗ and b2ᵗ after t steps */
  readonly decay1: JaxArray
  readonly decay2: JaxArray
}

const start = async (jax: Jax, { x, labels, layers, batch, widths }: Task, device: string) => {
  const { nn, numpy: np } = jax
  await startJax(jax, device)
  const params = layers.flatMap(({ weight, bias }, i) => {
    const [inputs, outputs] = [widths[i], widths[i + 1]]
    return [np.array(transposed(weight, outputs, inputs)).reshape([inputs, outputs]), np.array(bias)]
  })
  const lossOf = ([w1, b1, w2, b2]: Params, x: JaxArray, classes: JaxArray): JaxArray => {
    const hidden = nn.relu(np.matmul(x, w1).add(b1))
    const logits = np.matmul(hidden, w2).add(b2)
    return np.sum(nn.logSoftmax(logits).mul(classes)).mul(-1 / batch)
  }
  return {
    x: np.array(x).reshape([batch, widths[0]]),
    classes: nn.oneHot(np.array(labels, { dtype: np.int32 }), widths[widths.length - 1]),
    params,
    valueAndGrad: jax.valueAndGrad(lossOf),
  }
}

const number = async (x: JaxArray): Promise<number> => Array.from(await x.data())[0]

/** The whole step in one jit, Adam written out: the package has no optimizers. */
export const jaxJs = async (jax: Jax, task: Task, device: string): Promise<Trainer> => {
  const { numpy: np } = jax
  const { adam } = task
  const { x, classes, params, valueAndGrad } = await start(jax, task, device)
  const step = jax.jit((state: State, x: JaxArray, classes: JaxArray) => {
    const [loss, grads] = valueAndGrad(
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
      return number(next.loss)
    },
  }
}

/** The loss and its gradient, in one jit. */
export const jaxJsGradient = async (jax: Jax, task: Task, device: string): Promise<Gradient> => {
  const { x, classes, params, valueAndGrad } = await start(jax, task, device)
  const f = jax.jit(valueAndGrad)
  const call = () =>
    f(
      params.map((p) => p.ref),
      x.ref,
      classes.ref,
    )
  return {
    run: async () => {
      const [loss, grads] = call()
      for (const g of grads) (await g.blockUntilReady()).dispose()
      return number(loss)
    },
    grads: async () => {
      const [loss, grads] = call()
      loss.dispose()
      const data = await Promise.all(grads.map(async (g) => Float32Array.from(await g.data())))
      const { widths } = task
      // as [out, in]
      return data.map((d, i) => (i % 2 === 0 ? transposed(d, widths[i / 2], widths[i / 2 + 1]) : d))
    },
  }
}
