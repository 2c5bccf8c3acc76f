import type { Tensor } from '../graph/tensor.js'
import type { Shape } from '../ir/aval.js'
import { ShapeError } from '../ir/errors.js'
import { mul } from '../ops/elementwise/arithmetic.js'
import { normal } from '../random/normal.js'
import { truncatedNormal } from '../random/truncatedNormal.js'
import { uniform } from '../random/uniform.js'

/** Draws a weight of shape `[out, in, ...kernel]`. */
export type Initializer = (key: Tensor, shape: Shape) => Tensor

/** The numbers of inputs and outputs of one unit of a weight `[out, in, ...kernel]`. @throws ShapeError below rank 2 */
export const fans = (shape: Shape): { readonly fanIn: number; readonly fanOut: number } => {
  if (shape.length < 2)
    throw new ShapeError(`initializer: a weight of rank 2 or more is required, got rank ${shape.length}.`)
  const kernel = shape.slice(2).reduce((n, d) => n * d, 1)
  return { fanIn: shape[1] * kernel, fanOut: shape[0] * kernel }
}

const symmetric = (key: Tensor, shape: Shape, bound: number): Tensor =>
  uniform(key, shape, { min: -bound, max: bound })

/** Uniform on ±1/√fanIn, as the weights and biases of PyTorch's linear and convolutional layers start. */
export const torchUniform = (key: Tensor, shape: Shape, fanIn: number = fans(shape).fanIn): Tensor =>
  symmetric(key, shape, 1 / Math.sqrt(fanIn))

/** Uniform on ±√(6/(fanIn + fanOut)). @see Glorot, Bengio: Understanding the difficulty of training deep feedforward networks (2010), eq. 16 */
export const glorotUniform: Initializer = (key, shape) =>
  symmetric(key, shape, Math.sqrt(6 / (fans(shape).fanIn + fans(shape).fanOut)))

/** Normal of variance 2/(fanIn + fanOut). @see Glorot, Bengio (2010), eq. 12 */
export const glorotNormal: Initializer = (key, shape) =>
  mul(normal(key, shape), Math.sqrt(2 / (fans(shape).fanIn + fans(shape).fanOut)))

/** Uniform on ±√(6/fanIn), for ReLU. @see He et al.: Delving deep into rectifiers (2015), eq. 10 */
export const heUniform: Initializer = (key, shape) => symmetric(key, shape, Math.sqrt(6 / fans(shape).fanIn))

/** Normal of variance 2/fanIn, for ReLU. @see He et al. (2015), eq. 10 */
export const heNormal: Initializer = (key, shape) => mul(normal(key, shape), Math.sqrt(2 / fans(shape).fanIn))

/** Uniform on ±√(3/fanIn). @see LeCun et al.: Efficient backprop (1998), §4.6 */
export const lecunUniform: Initializer = (key, shape) =>
  symmetric(key, shape, Math.sqrt(3 / fans(shape).fanIn))

/** The deviation of a standard normal cut at ±2. */
const truncatedDeviation = 0.8796256610342398

/** Normal cut at two deviations, of variance 1/fanIn after the cut. @see LeCun et al. (1998), §4.6 */
export const lecunNormal: Initializer = (key, shape) =>
  mul(truncatedNormal(key, -2, 2, shape), 1 / Math.sqrt(fans(shape).fanIn) / truncatedDeviation)
