import { np, Tensor, tree } from '../../src/index.js'

/** The state out of plain arrays, as a checkpoint brings it back: only its leaves' values, shapes and dtypes are kept. */
export const restored = <S>(state: S): S =>
  tree.map((leaf) => {
    if (!(leaf instanceof Tensor)) throw new Error(`a tensor was expected in a state, got ${typeof leaf}`)
    return np.array([...leaf.dataSync()], { dtype: leaf.dtype }).reshape(leaf.shape)
  }, state)
