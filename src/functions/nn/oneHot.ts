import { resolveAxis } from '../../graph/axes.js'
import { type AxisOptions, axisOptionsOf } from '../../graph/options.js'
import { plainNumbers } from '../../graph/plainNumbers.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { eq } from '../../ops/elementwise/comparison.js'
import { convert } from '../../ops/elementwise/convert.js'
import { toTensor } from '../../ops/elementwise/lift.js'
import { broadcastInDim } from '../../ops/movement/broadcast.js'
import { iota } from '../../ops/movement/iota.js'
import { modeOf, requireInRange } from '../../transforms/indexRange.js'
import { expandDims } from '../numpy/arrangement.js'
import { type DTypeOption, requireDTypeName } from '../numpy/array.js'
import { requirePositions } from '../numpy/indexing.js'

export type OneHotOptions = DTypeOption & { readonly axis?: number; readonly mode?: 'fill' }

const oneHotFix = "With mode 'fill' it has no 1."

/**
 * 1 at each label's place along a new axis of length `classes` (the last by default), 0 elsewhere. Float32 unless `dtype`
 * says otherwise. A label out of range, such as −1, throws where its value is known; where it is traced, or with
 * `mode: 'fill'`, it has no 1.
 * @throws IndexError
 * @example
 * ```ts
 * nn.oneHot(np.array([2, 0], { dtype: 'int32' }), 3) // => [[0, 0, 1], [1, 0, 0]]
 * nn.oneHot([2, -1], 3, { mode: 'fill' }) // => [[0, 0, 1], [0, 0, 0]]
 * ```
 */
export const oneHot = (
  labels: TensorLike | readonly number[],
  classes: number,
  ...options: AxisOptions<OneHotOptions>
): Tensor => {
  const { axis = -1, dtype = 'float32', mode } = axisOptionsOf('oneHot', 'axis dtype mode', options)
  plainNumbers('oneHot', 'a number of classes', classes)
  const t = typeof labels === 'number' ? toTensor(labels, 'int') : requirePositions('oneHot', labels)
  const at = resolveAxis('oneHot', axis, t.ndim + 1)
  if (modeOf('oneHot', { mode }) === undefined)
    requireInRange(
      'oneHot',
      t,
      { what: 'labels', low: 0, size: classes, of: `${classes} classes` },
      oneHotFix,
    )
  const shape = [...t.shape.slice(0, at), classes, ...t.shape.slice(at)]
  const spread = broadcastInDim(
    expandDims(t, at),
    shape,
    shape.map((_, i) => i),
  )
  return convert(eq(spread, convert(iota('int32', shape, at), t.dtype)), requireDTypeName('oneHot', dtype))
}
