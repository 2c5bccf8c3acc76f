import { type Task, type Trainer, transposed } from './task.js'

interface TfTensor {
  dispose(): void
  dataSync(): ArrayLike<number>
  data(): Promise<ArrayLike<number>>
}

/** The part of tfjs that is used here, so that types need no installed package. */
export interface Tf {
  setBackend(name: string): Promise<boolean>
  getBackend(): string
  tensor(data: Float32Array, shape: readonly number[]): TfTensor
  tensor1d(data: readonly number[], dtype: string): TfTensor
  variable(initial: TfTensor): TfTensor
  oneHot(labels: TfTensor, classes: number): TfTensor
  matMul(a: TfTensor, b: TfTensor): TfTensor
  add(a: TfTensor, b: TfTensor): TfTensor
  relu(x: TfTensor): TfTensor
  tidy(f: () => TfTensor): TfTensor
  readonly losses: { softmaxCrossEntropy(oneHot: TfTensor, logits: TfTensor): TfTensor }
  readonly train: {
    adam(
      rate: number,
      b1: number,
      b2: number,
      eps: number,
    ): { minimize(f: () => TfTensor, returnCost: true, variables: readonly TfTensor[]): TfTensor }
  }
}

export const tfjs = async (
  tf: Tf,
  { batch, widths, x, labels, layers, adam }: Task,
  backend: string,
): Promise<Trainer> => {
  if (!(await tf.setBackend(backend)))
    throw new Error(`tfjs: the ${backend} backend is required, and does not start.`)
  const images = tf.tensor(x, [batch, widths[0]])
  const classes = tf.oneHot(tf.tensor1d(labels, 'int32'), widths[widths.length - 1])
  const params = layers.map(({ weight, bias }, i) => {
    const [inputs, outputs] = [widths[i], widths[i + 1]]
    return {
      weight: tf.variable(tf.tensor(transposed(weight, outputs, inputs), [inputs, outputs])),
      bias: tf.variable(tf.tensor(bias, [outputs])),
    }
  })
  const optimizer = tf.train.adam(adam.rate, adam.b1, adam.b2, adam.eps)
  const loss = () =>
    tf.losses.softmaxCrossEntropy(
      classes,
      params.reduce(
        (y, { weight, bias }, i) => tf.add(tf.matMul(i === 0 ? y : tf.relu(y), weight), bias),
        images,
      ),
    )
  const variables = params.flatMap(({ weight, bias }) => [weight, bias])
  return {
    step: () => {
      const cost = tf.tidy(() => optimizer.minimize(loss, true, variables))
      // read at once, as ours is on WebGL2
      const [value] = Array.from(cost.dataSync())
      cost.dispose()
      return value
    },
  }
}
