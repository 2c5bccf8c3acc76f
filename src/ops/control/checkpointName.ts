import { bind1 } from '../../graph/bind.js'
import { definePrimitive } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { toTensor } from '../elementwise/lift.js'
import { only } from '../rules/rules.js'

export type CheckpointNameParams = { readonly name: string }

/** The value itself, under a name by which a policy of `remat` can keep it. Linear. */
export const checkpointNameP = definePrimitive<CheckpointNameParams>({
  name: 'checkpointName',
  abstractEval: ([x]) => [x],
  jvp: 'linear',
  linearize: 'fromJvp',
  transpose: (cts) => [only(cts)],
  batch: 'elementwise',
  lower: ([x]) => ({ kind: 'reshape', shape: x.shape }),
})

/**
 * x, named for the policy `{ names }` of `remat`.
 * @example
 * ```ts
 * const f = (x: Tensor) => checkpointName(np.sin(x), 'features').mul(2)
 * grad(remat(f, { policy: { names: ['features'] } }))(0) // => 2
 * ```
 */
export const checkpointName = (x: TensorLike, name: string): Tensor =>
  bind1(checkpointNameP, [toTensor(x)], { name })
