import { matmul } from '../../functions/numpy/matmul.js'
import { fromHost, type Tensor } from '../../graph/tensor.js'
import { aval } from '../../ir/aval.js'
import { GradError } from '../../ir/errors.js'
import { convert } from '../../ops/elementwise/convert.js'
import { transpose } from '../../ops/movement/transpose.js'
import type { ImageTransform } from './imageTransform.js'
import { requireImage } from './requireImage.js'
import { resizeWeights } from './resizeWeights.js'

/** [outputs, inputs] in the image's dtype. */
const weightsFor = (inputs: number, outputs: number, like: Tensor): Tensor =>
  convert(
    fromHost(Float32Array.from(resizeWeights(inputs, outputs)), aval([outputs, inputs], 'float32')),
    like.dtype,
  )

/**
 * Bilinear resizing, antialiased: float[c, h, w] → float[c, height, width]; `width` is `height` where it is left out.
 * out = V·image·Hᵀ, V [height, h] and H [width, w] constant weights (see `resizeWeights`): two multiplications
 * of matrices. The same size is the identity. As torchvision's `Resize(…, antialias=True)`, which is Pillow's without
 * the rounding to bytes.
 * @throws GradError unless sizes are positive integers; ShapeError, DTypeError unless the image is float[c, h, w]
 * @see Heckbert, "Fundamentals of texture mapping and image warping" (1989), section 3.4
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * augment.resize(1, 4)(random.key(0), np.array([[[0, 8]]])) // => [[[0, 2, 6, 8]]]
 * augment.resize(1, 2)(random.key(0), np.array([[[0, 0, 7, 7]]])) // => [[[1, 6]]]
 * ```
 */
export const resize = (height: number, width = height): ImageTransform => {
  for (const n of [height, width])
    if (!Number.isInteger(n) || n < 1)
      throw new GradError(`resize: a positive height and width are required, got ${height} and ${width}.`)
  return (_key, image) => {
    const [, h, w] = requireImage('resize', image)
    // along rows first: what is multiplied then is [h·c, w], one matrix for all channels (and under vmap all images)
    const wide = w === width ? image : matmul(image, transpose(weightsFor(w, width, image), [1, 0]))
    return h === height ? wide : matmul(weightsFor(h, height, image), wide)
  }
}
