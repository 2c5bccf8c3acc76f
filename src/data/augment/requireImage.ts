import type { Tensor } from '../../graph/tensor.js'
import { formatAval } from '../../ir/aval.js'
import { isFloat } from '../../ir/dtype.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'

/** Sizes of an image. @throws ShapeError, DTypeError unless it is float[channels, height, width] */
export const requireImage = (name: string, image: Tensor): readonly [number, number, number] => {
  if (image.ndim !== 3)
    throw new ShapeError(
      `${name}: an image [channels, height, width] is required, got ${formatAval(image.aval)}. Map over several with augment.batched.`,
    )
  if (!isFloat(image.dtype))
    throw new DTypeError(
      `${name}: an image of floats is required, got ${formatAval(image.aval)}. Convert with astype('float32') and scale to 0…1.`,
    )
  const [channels, height, width] = image.shape
  return [channels, height, width]
}
