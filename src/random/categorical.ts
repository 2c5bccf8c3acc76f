import { type AxisOptions, axisOptionsOf } from '../graph/options.js'
import { requireShape } from '../graph/plainNumbers.js'
import type { Tensor } from '../graph/tensor.js'
import { formatAval, formatShape, type Shape } from '../ir/aval.js'
import { ShapeError } from '../ir/errors.js'
import { add } from '../ops/elementwise/arithmetic.js'
import { broadcastShapes } from '../ops/elementwise/lift.js'
import { argmax } from '../ops/reductions/argExtremum.js'
import { requireFloat } from './floatDType.js'
import { gumbel } from './gumbel.js'

type CategoricalOptions = { readonly axis?: number; readonly shape?: number | Shape }

/**
 * Draws of class numbers with probabilities softmax(logits) along an axis, by the Gumbel trick:
 * argmax(logits + gumbel). i32[...shape].
 * @param logits float[..., classes, ...], unnormalised log-probabilities
 * @param options `axis` of the classes (the last); `shape` of the result: by default that of the logits
 *   without the axis; a longer one, ending in that, gives independent draws
 * @throws ShapeError where the shape does not end in that of the batch of logits
 * @example
 * ```ts
 * random.categorical(random.key(0), np.array([-100, 0, -100]), { shape: [4] }).toArray() // => [1, 1, 1, 1]
 * ```
 */
export const categorical = (
  key: Tensor,
  logits: Tensor,
  ...options: AxisOptions<CategoricalOptions>
): Tensor => {
  const { axis: given = -1, shape: asked } = axisOptionsOf('categorical', 'axis shape', options)
  const dtype = requireFloat('categorical', logits)
  const axis = given < 0 ? given + logits.ndim : given
  if (!Number.isInteger(axis) || axis < 0 || axis >= logits.ndim) {
    throw new ShapeError(`categorical: an axis of ${formatAval(logits.aval)} is required, got ${given}.`)
  }
  const batch = logits.shape.filter((_, i) => i !== axis)
  const shape = requireShape('categorical', asked ?? batch)
  const draws = shape.length - batch.length
  const within = shape.slice(draws)
  if (draws < 0 || !broadcastShapes('categorical', [within, batch]).every((d, i) => d === within[i])) {
    throw new ShapeError(
      `categorical: a shape that ends in ${formatShape(batch)} is required, got ${formatShape(shape)}.`,
    )
  }
  const drawAxis = axis + draws
  const noise = gumbel(key, [...shape.slice(0, drawAxis), logits.shape[axis], ...shape.slice(drawAxis)], {
    dtype,
  })
  return argmax(add(noise, logits), drawAxis)
}
