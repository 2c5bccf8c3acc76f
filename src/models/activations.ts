import type { Tensor } from '../graph/tensor.js'
import { type StatelessLayer, stateless } from './layer.js'

/** A function of a tensor as a layer without parameters; `sequential` does this to plain functions. */
export const activation = (f: (x: Tensor) => Tensor, name: string = f.name): StatelessLayer<null> =>
  stateless(
    name,
    () => null,
    (_params, x) => f(x),
  )
