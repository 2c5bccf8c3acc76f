import { formatShape, type Shape, sizeOf } from '../graph/aval.js'
import { ShapeError } from '../graph/errors.js'
import type { Tensor } from '../graph/tensor.js'
import { mul } from '../ops/arithmetic.js'
import { broadcastTo } from '../ops/lift.js'
import type { FloatDType } from '../random/floatDType.js'
import { inDType } from '../random/floatDType.js'
import { normal } from '../random/normal.js'
import { uniform } from '../random/uniform.js'

/**
 * How many inputs one output is made of, and how many outputs one input goes to; with them variances stay level
 * through layers.
 */
export type Fans = { readonly fanIn: number; readonly fanOut: number }

/** Fans where they are not those of the shape (a bias has its weight's), and the dtype (float32). */
export type InitializerOptions = { readonly fans?: Fans; readonly dtype?: FloatDType }

/** Makes a parameter's first value. */
export type Initializer = (key: Tensor, shape: Shape, options?: InitializerOptions) => Tensor

/**
 * Fans of a weight [out, in, ...window], as linear and convolution layers keep theirs.
 * @throws ShapeError on fewer than two axes
 * @example
 * ```ts
 * nn.fansOf([16, 3, 5, 5]) // => { fanIn: 75, fanOut: 400 }
 * ```
 */
export const fansOf = (shape: Shape): Fans => {
  if (shape.length < 2) {
    throw new ShapeError(
      `fansOf: a weight of shape [out, in, ...window] is required, got ${formatShape(shape)}. Pass fans.`,
    )
  }
  const window = sizeOf(shape.slice(2))
  return { fanIn: shape[1] * window, fanOut: shape[0] * window }
}

const uniformWithin =
  (bound: (fans: Fans) => number): Initializer =>
  (key, shape, { fans, dtype } = {}) => {
    const b = bound(fans ?? fansOf(shape))
    return uniform(key, shape, { min: -b, max: b, dtype })
  }

const normalOf =
  (deviation: (fans: Fans) => number): Initializer =>
  (key, shape, { fans, dtype } = {}) =>
    mul(normal(key, shape, { dtype }), deviation(fans ?? fansOf(shape)))

/** Zeros. */
export const zerosInitializer: Initializer = (_key, shape, { dtype = 'float32' } = {}) =>
  broadcastTo(inDType(0, dtype), shape)

/** One number everywhere. */
export const constantInitializer =
  (value: number): Initializer =>
  (_key, shape, { dtype = 'float32' } = {}) =>
    broadcastTo(inDType(value, dtype), shape)

/** Uniform on ±1/√fanIn: PyTorch's default for the weights and biases of linear and convolution layers. */
export const torchUniform: Initializer = uniformWithin(({ fanIn }) => Math.sqrt(1 / fanIn))

/**
 * Uniform, variance 2/(fanIn + fanOut): bound √(6/(fanIn + fanOut)).
 * @see Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks (2010), equation 16
 */
export const glorotUniform: Initializer = uniformWithin(({ fanIn, fanOut }) =>
  Math.sqrt(6 / (fanIn + fanOut)),
)

/** Normal, variance 2/(fanIn + fanOut). @see glorotUniform */
export const glorotNormal: Initializer = normalOf(({ fanIn, fanOut }) => Math.sqrt(2 / (fanIn + fanOut)))

/**
 * Uniform, variance 2/fanIn: bound √(6/fanIn). For layers followed by relu.
 * @see He et al., Delving deep into rectifiers (2015), equation 10
 */
export const heUniform: Initializer = uniformWithin(({ fanIn }) => Math.sqrt(6 / fanIn))

/** Normal, variance 2/fanIn. @see heUniform */
export const heNormal: Initializer = normalOf(({ fanIn }) => Math.sqrt(2 / fanIn))

/**
 * Uniform, variance 1/fanIn: bound √(3/fanIn). For layers followed by selu, or none.
 * @see LeCun et al., Efficient backprop (1998), equation 16
 */
export const lecunUniform: Initializer = uniformWithin(({ fanIn }) => Math.sqrt(3 / fanIn))

/** Normal, variance 1/fanIn. @see lecunUniform */
export const lecunNormal: Initializer = normalOf(({ fanIn }) => Math.sqrt(1 / fanIn))
