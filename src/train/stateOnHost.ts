import type { HostArray } from '../formats/namedArray.js'
import { describe } from '../graph/describe.js'
import { fromHost, Tensor } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import type { CheckpointState } from '../io/checkpoint.js'
import { flattenState } from '../io/stateTree.js'
import { aval } from '../ir/aval.js'
import { GradError } from '../ir/errors.js'

/**
 * A state's leaves as host arrays, in the same structure.
 * @throws GradError where a leaf is no tensor
 */
export const stateToHost = async (state: object): Promise<CheckpointState> => {
  const paths = tree.paths(state)
  const arrays = await Promise.all(
    tree.leaves(state).map(async (leaf, i): Promise<HostArray> => {
      if (!(leaf instanceof Tensor))
        throw new GradError(
          `fit: tensors are required in the state of a task, got ${describe(leaf)} as ${paths[i]}. Make it one: np.array(…).`,
        )
      return { dtype: leaf.dtype, shape: leaf.shape, data: await leaf.data() }
    }),
  )
  return tree.unflatten<CheckpointState>(tree.structure(state), arrays)
}

/** The tensors of a state that was saved, in the structure of `like`: `stateToHost`'s inverse, to the bit. */
export const stateFromHost = <S extends object>(like: S, host: CheckpointState): S => {
  const arrays = flattenState(host)
  return tree.unflatten<S>(
    tree.structure(like),
    tree.paths(like).map((path) => {
      const { data, shape, dtype } = arrays[path]
      return fromHost(data, aval(shape, dtype))
    }),
  )
}
