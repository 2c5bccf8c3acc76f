import { optionsOf } from '../../graph/options.js'
import { splat, type Tensor } from '../../graph/tensor.js'
import { aval, formatAval, sameShape } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { pad } from '../movement/pad.js'
import { slice } from '../movement/slice.js'
import { requireDType } from '../rules/rules.js'
import { dilatedSize } from './axisWindow.js'
import { reduceWindowMax, reduceWindowMin } from './reduceWindow.js'
import { windowGather } from './windowGather.js'
import { padConfig, resolveWindows, type WindowOptions, type WindowParams } from './windowParams.js'
import { firstAttaining } from './windowPlaces.js'
import { windowScatterAdd } from './windowScatterAdd.js'
import type { SelectionParams } from './windowSelection.js'

const spannedWindows = (p: WindowParams): SelectionParams => ({
  window: p.window.map((d, i) => dilatedSize(d, p.windowDilation[i])),
  strides: p.strides,
})

/** The element of x at the place of each of its windows. @internal */
export const selectedElements = (x: Tensor, places: Tensor, p: WindowParams): Tensor =>
  windowGather(pad(x, 0, padConfig(p)), places, spannedWindows(p))

/** The element to select in a window: the first of the greatest, or of the least. */
export type SelectOptions = WindowOptions & { readonly select?: 'max' | 'min' }

const selectOptions = (name: string, options: SelectOptions): SelectOptions =>
  optionsOf(name, 'window strides padding baseDilation windowDilation select', options)

const selectedPlaces = (operand: Tensor, { select, ...windows }: SelectOptions): Tensor => {
  const reduce = select === 'min' ? reduceWindowMin : reduceWindowMax
  return firstAttaining(operand, reduce(operand, windows), resolveWindows(operand, windows))
}

/**
 * Zeros of the operand's shape, with each element of `source` [...windows] added where the window's greatest (or
 * least) element of the operand is, the first at ties and the first NaN if there is one: the gradient of pooling.
 * @throws ShapeError unless `source` has an element for each window
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * const x = np.array([1, 5, 5, 2])
 * lax.selectAndScatterAdd(x, np.array([10, 20, 30]), { window: [2] }) // => [0, 30, 30, 0]
 * lax.selectAndScatterAdd(x, np.array([10, 20]), { window: [2], strides: [2], select: 'min' }) // => [10, 0, 0, 20]
 * ```
 */
export const selectAndScatterAdd = (operand: Tensor, source: Tensor, given: SelectOptions): Tensor => {
  const options = selectOptions('selectAndScatterAdd', given)
  const p = resolveWindows(operand, options)
  const at = selectedPlaces(operand, options)
  if (!sameShape(source.shape, at.shape)) {
    throw new ShapeError(
      `selectAndScatterAdd: a source of shape [${at.shape.join(',')}], an element for each window, is required, got ${formatAval(source.aval)}.`,
    )
  }
  requireDType('selectAndScatterAdd', 'number', source.aval)
  if (source.size === 0) return splat(0, aval(operand.shape, source.dtype))
  const dense = operand.shape.map((d, i) => dilatedSize(d, p.baseDilation[i]))
  const padded = dense.map((d, i) => d + p.padding[i][0] + p.padding[i][1])
  const added = windowScatterAdd(source, at, { ...spannedWindows(p), shape: padded })
  const uncropped = pad(
    added,
    0,
    p.padding.map(([low, high]) => [-low, -high, 0]),
  )
  return slice(
    uncropped,
    dense.map(() => 0),
    dense,
    p.baseDilation,
  )
}

/**
 * The element of `x`, for each window of the operand, at the position of the window's greatest (or least) element,
 * the first at ties and the first NaN if there is one: the tangent of pooling. x has the operand's shape.
 * @throws ShapeError on shapes that differ
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * const x = np.array([1, 5, 5, 2])
 * lax.selectAndGatherAdd(np.array([1, 2, 3, 4]), x, { window: [2] }) // => [2, 2, 3]
 * ```
 */
export const selectAndGatherAdd = (x: Tensor, operand: Tensor, given: SelectOptions): Tensor => {
  const options = selectOptions('selectAndGatherAdd', given)
  if (!sameShape(x.shape, operand.shape)) {
    throw new ShapeError(
      `selectAndGatherAdd: equal shapes are required, got ${formatAval(x.aval)} and ${formatAval(operand.aval)}.`,
    )
  }
  const at = selectedPlaces(operand, options)
  return at.size === 0
    ? splat(0, aval(at.shape, x.dtype))
    : selectedElements(x, at, resolveWindows(operand, options))
}
