import { jit, nn, np, optim, random, type Tensor, valueAndGrad } from '../src/index.js'
import type { Contender } from './suite.js'

const batch = 64

/** A training step of a 784-128-10 network on a batch of 64: cross-entropy, Adam, the state donated. */
export const mlpStep = (waitForTensor: (x: Tensor) => void): Contender => {
  const model = nn.mlp([784, 128, 10])
  const { params } = model.init(random.key(0))
  const optimizer = optim.adam(1e-3)
  const x = random.normal(random.key(1), [batch, 784])
  const y = np.array(
    Array.from({ length: batch }, (_, i) => i % 10),
    { dtype: 'int32' },
  )
  type State = { readonly params: typeof params; readonly moments: ReturnType<typeof optimizer.init> }
  const loss = (p: typeof params, x: Tensor, y: Tensor) => nn.softmaxCrossEntropy(model.call(p, x), y).mean()
  const step = jit(
    (state: State, x: Tensor, y: Tensor) => {
      const [value, grads] = valueAndGrad(loss)(state.params, x, y)
      const [updates, moments] = optimizer.update(grads, state.moments, state.params)
      return { state: { params: optim.applyUpdates(state.params, updates), moments } as State, value }
    },
    { donate: [0] },
  )
  let state: State = { params, moments: optimizer.init(params) }
  return {
    name: 'grad-ts',
    run: (times) => {
      for (let i = 0; i < times; i++) {
        const next = step(state, x, y)
        state = next.state
        if (i === times - 1) waitForTensor(next.value)
        next.value.dispose()
      }
    },
  }
}
