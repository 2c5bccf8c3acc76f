import { jit, np, type Tensor } from '../src/index.js'

const firstOf = jit((x: Tensor) => np.ravel(x).get(0))

/** Waits until a tensor was computed: reads an element of it. */
export const waitForTensor = (x: Tensor): void => {
  const first = firstOf(x)
  first.item()
  first.dispose()
}
