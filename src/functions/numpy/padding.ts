import { optionsOf } from '../../graph/options.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { GradError, ShapeError } from '../../ir/errors.js'
import { broadcastTo, toTensor } from '../../ops/elementwise/lift.js'
import { concatenate } from '../../ops/movement/concatenate.js'
import { type PadAxis, pad as surround } from '../../ops/movement/pad.js'
import { rev } from '../../ops/movement/rev.js'
import { sliceAxis } from '../../ops/movement/slice.js'

/** The padding: a constant; the nearest element; the mirror image, with the edge once or twice; the other end. */
export type PadMode = 'constant' | 'edge' | 'reflect' | 'symmetric' | 'wrap'

export type PadOptions = { readonly mode?: PadMode; readonly value?: TensorLike }

/** Numbers of elements before and after, for all axes alike or for each. */
export type PadWidth = number | readonly [number, number] | readonly (readonly [number, number])[]

const widths = (x: Tensor, width: PadWidth): readonly (readonly [number, number])[] => {
  const isPair = (w: readonly unknown[]): w is readonly [number, number] =>
    w?.length === 2 && w.every((n) => typeof n === 'number')
  const all = typeof width === 'number' ? ([width, width] as const) : isPair(width) ? width : null
  const each = all === null ? (width as readonly (readonly [number, number])[]) : x.shape.map(() => all)
  if (
    each?.length !== x.ndim ||
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
 * @throws ShapeError on negative widths, or on an edge to repeat where there is none; GradError on an unknown mode
 * @example
 * ```ts
 * np.pad(np.array([1, 2, 3]), 1) // => [0, 1, 2, 3, 0]
 * np.pad(np.array([1, 2, 3]), [2, 1], { mode: 'reflect' }) // => [3, 2, 1, 2, 3, 2]
 * np.pad(np.array([1, 2, 3]), [2, 1], { mode: 'symmetric' }) // => [2, 1, 1, 2, 3, 3]
 * np.pad(np.array([1, 2, 3]), [2, 1], { mode: 'wrap' }) // => [2, 3, 1, 2, 3, 1]
 * np.pad(np.array([1, 2]), [[0, 2]], { mode: 'edge' }) // => [1, 2, 2, 2]
 * ```
 */
export const pad = (like: TensorLike, width: PadWidth, options?: PadOptions): Tensor => {
  const x = toTensor(like)
  const { mode = 'constant', value = 0 } = optionsOf('pad', 'mode value', options)
  const each = widths(x, width)
  if (mode === 'constant') {
    return surround(
      x,
      value,
      each.map(([low, high]): PadAxis => [low, high, 0]),
    )
  }
  const around = modes[mode]
  if (around === undefined)
    throw new GradError(
      `pad: mode 'constant', ${Object.keys(modes)
        .map((m) => `'${m}'`)
        .join(', ')} is required, got ${String(mode)}.`,
    )
  return each.reduce((t, [low, high], axis) => {
    if (low + high === 0) return t
    if (t.shape[axis] === 0)
      throw new ShapeError(
        `pad: an edge to repeat is required, got an axis of length 0. Use mode 'constant'.`,
      )
    return around(t, low, high, axis)
  }, x)
}

/** x with `low` elements before and `high` after it along an axis that is not empty. */
type Around = (x: Tensor, low: number, high: number, axis: number) => Tensor

const padEdge: Around = (x, low, high, axis) => {
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

/** The mirror image is size − edge elements long; beyond it is the next mirror. */
const padMirrored =
  (edge: 0 | 1): Around =>
  (x, low, high, axis) => {
    const reach = x.shape[axis] - edge
    if (reach === 0) return padEdge(x, low, high, axis)
    const mirrored = (t: Tensor, left: number, right: number): Tensor => {
      if (left + right === 0) return t
      const [before, after] = [Math.min(left, reach), Math.min(right, reach)]
      const image = (from: number, length: number): readonly Tensor[] =>
        length === 0 ? [] : [rev(sliceAxis(t, axis, from, from + length), [axis])]
      const pieces = [...image(edge, before), t, ...image(t.shape[axis] - edge - after, after)]
      return mirrored(concatenate(pieces, axis), left - before, right - after)
    }
    return mirrored(x, low, high)
  }

/** Whole copies, and the rest from the other end. */
const padWrapped: Around = (x, low, high, axis) => {
  const size = x.shape[axis]
  const copies = (width: number) => Array.from({ length: Math.floor(width / size) }, () => x)
  const part = (from: number, to: number) => (from === to ? [] : [sliceAxis(x, axis, from, to)])
  return concatenate(
    [...part(size - (low % size), size), ...copies(low), x, ...copies(high), ...part(0, high % size)],
    axis,
  )
}

const modes: Readonly<Record<Exclude<PadMode, 'constant'>, Around>> = {
  edge: padEdge,
  reflect: padMirrored(1),
  symmetric: padMirrored(0),
  wrap: padWrapped,
}
