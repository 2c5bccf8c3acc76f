import { ShapeError } from '../../graph/errors.js'
import { optionsOf } from '../../graph/options.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { concatenate } from '../concatenate.js'
import { broadcastTo } from '../lift.js'
import { type PadAxis, pad as surround } from '../pad.js'
import { rev } from '../rev.js'
import { sliceAxis } from '../slice.js'

/** What is put around: a constant, the nearest element, or the mirrored elements (the edge itself once). */
export type PadMode = 'constant' | 'edge' | 'reflect'

export type PadOptions = { readonly mode?: PadMode; readonly value?: TensorLike }

/** Elements before and after: for all axes alike, or for each. */
export type PadWidth = number | readonly [number, number] | readonly (readonly [number, number])[]

const widths = (x: Tensor, width: PadWidth): readonly (readonly [number, number])[] => {
  const isPair = (w: readonly unknown[]): w is readonly [number, number] =>
    w.length === 2 && w.every((n) => typeof n === 'number')
  const all = typeof width === 'number' ? ([width, width] as const) : isPair(width) ? width : null
  const each = all === null ? (width as readonly (readonly [number, number])[]) : x.shape.map(() => all)
  if (
    each.length !== x.ndim ||
    each.some((w) => !isPair(w) || w.some((n) => !Number.isInteger(n) || n < 0))
  ) {
    throw new ShapeError(
      `pad: a whole width, a pair, or a pair for each of ${x.ndim} axes is required, got ${JSON.stringify(width)}.`,
    )
  }
  return each
}

/**
 * x with elements put around it: `width` is a number, a pair [before, after], or such a pair for each axis.
 * @throws ShapeError on negative widths, or on an edge to repeat where there is none
 * @example
 * ```ts
 * np.pad(np.array([1, 2, 3]), 1) // => [0, 1, 2, 3, 0]
 * np.pad(np.array([1, 2, 3]), [2, 1], { mode: 'reflect' }) // => [3, 2, 1, 2, 3, 2]
 * np.pad(np.array([1, 2]), [[0, 2]], { mode: 'edge' }) // => [1, 2, 2, 2]
 * ```
 */
export const pad = (x: Tensor, width: PadWidth, options?: PadOptions): Tensor => {
  const { mode = 'constant', value = 0 } = optionsOf('pad', 'mode value', options)
  const each = widths(x, width)
  if (mode === 'constant') {
    return surround(
      x,
      value,
      each.map(([low, high]): PadAxis => [low, high, 0]),
    )
  }
  return each.reduce((t, [low, high], axis) => {
    if (low + high > 0 && t.shape[axis] === 0) {
      throw new ShapeError(
        `pad: an edge to repeat is required, got an axis of length 0. Use mode 'constant'.`,
      )
    }
    return mode === 'edge' || t.shape[axis] === 1
      ? padEdge(t, low, high, axis)
      : padReflect(t, low, high, axis)
  }, x)
}

const padEdge = (x: Tensor, low: number, high: number, axis: number): Tensor => {
  const size = x.shape[axis]
  const run = (from: number, length: number): readonly Tensor[] =>
    length === 0
      ? []
      : [
          broadcastTo(
            sliceAxis(x, axis, from, from + 1),
            x.shape.map((d, i) => (i === axis ? length : d)),
          ),
        ]
  return concatenate([...run(0, low), x, ...run(size - 1, high)], axis)
}

/** The mirror image reaches size − 1 elements far; beyond, the padded tensor is mirrored again. */
const padReflect = (x: Tensor, low: number, high: number, axis: number): Tensor => {
  const reach = x.shape[axis] - 1
  const before = Math.min(low, reach)
  const after = Math.min(high, reach)
  const parts = [
    ...(before === 0 ? [] : [rev(sliceAxis(x, axis, 1, 1 + before), [axis])]),
    x,
    ...(after === 0 ? [] : [rev(sliceAxis(x, axis, reach - after, reach), [axis])]),
  ]
  const once = concatenate(parts, axis)
  return before === low && after === high ? once : padReflect(once, low - before, high - after, axis)
}
