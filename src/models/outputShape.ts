import { aval, type Shape } from '../graph/aval.js'
import type { Tensor } from '../graph/tensor.js'
import { trace } from '../graph/trace.js'

/** The shape that a function gives a float32 tensor of this shape, without computing it. @internal */
export const outputShape = (name: string, inputShape: Shape, f: (x: Tensor) => Tensor): Shape =>
  trace(name, [aval(inputShape, 'float32')], ([x]) => [f(x)]).graph.outputs[0].aval.shape
