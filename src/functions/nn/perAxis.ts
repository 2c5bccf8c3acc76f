import { plainNumbers } from '../../graph/plainNumbers.js'
import type { Tensor } from '../../graph/tensor.js'
import { formatAval } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import type { PadPair } from '../../ops/windows/axisWindow.js'

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[]

/** One number for both sides of all spatial axes, or a number or pair [low, high] for each axis, or a name. */
export type SpatialPadding = number | 'SAME' | 'VALID' | readonly (number | PadPair)[]

/** @throws ShapeError unless there is one number, or one for each axis */
export const eachAxis = (name: string, what: string, value: PerAxis, rank: number): readonly number[] => {
  const each = plainNumbers(name, what, value)
  const all = typeof value === 'number' ? Array.from({ length: rank }, () => value) : each
  if (all.length !== rank) {
    throw new ShapeError(
      `${name}: one ${what}, or one for each of ${rank} spatial axes, is required, got [${all.join(',')}].`,
    )
  }
  return all
}

/** Padding as pairs, unless it is a name. @throws ShapeError unless there is one amount, or one for each axis */
export const eachPadding = (
  name: string,
  padding: SpatialPadding,
  rank: number,
): 'SAME' | 'VALID' | readonly PadPair[] => {
  if (typeof padding === 'string') return padding
  plainNumbers(name, 'padding', Array.isArray(padding) ? padding.flat() : (padding as number))
  const all = typeof padding === 'number' ? Array.from({ length: rank }, () => padding) : padding
  if (all.length !== rank) {
    throw new ShapeError(
      `${name}: one padding, or one for each of ${rank} spatial axes, is required, got ${JSON.stringify(padding)}.`,
    )
  }
  return all.map((p): PadPair => (typeof p === 'number' ? [p, p] : p))
}

/** @throws ShapeError where a window does not fit into x, so that there is no output @internal */
export const requireWindows = (name: string, x: Tensor, y: Tensor): Tensor => {
  if (y.shape.slice(2).includes(0))
    throw new ShapeError(
      `${name}: an input that its windows fit into is required, got ${formatAval(x.aval)}. Pad it, or take smaller windows.`,
    )
  return y
}
