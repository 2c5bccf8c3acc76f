import { describe } from '../../graph/describe.js'
import { plainNumbers } from '../../graph/plainNumbers.js'
import { ShapeError } from '../../ir/errors.js'
import type { Bounded, Position } from '../../ir/view.js'

/** Elements put before and after an axis; negative ones are taken away. */
export type PadPair = readonly [low: number, high: number]

/** `'VALID'`: none; `'SAME'`: one window for each stride that begins in the axis, the odd element after it. */
export type WindowPadding = 'SAME' | 'VALID' | readonly PadPair[]

/** A window that moves along one axis. */
export type AxisWindow = {
  readonly size: number
  readonly window: number
  readonly stride: number
  readonly padding: PadPair
  /** Elements of the axis stand this far apart, elements of the window `windowDilation`. */
  readonly dilation: number
  readonly windowDilation: number
}

/** The extent of `size` elements that stand `dilation` apart. */
export const dilatedSize = (size: number, dilation: number): number =>
  size === 0 ? 0 : (size - 1) * dilation + 1

/** The number of windows: ⌊(padded − span) / stride⌋ + 1, or none where the window is larger. */
export const windowCount = ({
  size,
  window,
  stride,
  padding,
  dilation,
  windowDilation,
}: AxisWindow): number => {
  const room = dilatedSize(size, dilation) + padding[0] + padding[1] - dilatedSize(window, windowDilation)
  return room < 0 ? 0 : Math.floor(room / stride) + 1
}

/** The padding of one axis as a pair. */
const pairFor = (padding: 'SAME' | 'VALID', w: Omit<AxisWindow, 'padding'>): PadPair => {
  if (padding === 'VALID') return [0, 0]
  const size = dilatedSize(w.size, w.dilation)
  const count = Math.ceil(size / w.stride)
  const missing = (count - 1) * w.stride + dilatedSize(w.window, w.windowDilation) - size
  const total = Math.max(0, missing)
  return [Math.floor(total / 2), Math.ceil(total / 2)]
}

/** @throws ShapeError on a padding of another name */
export const paddingPairs = (
  padding: WindowPadding,
  axes: readonly Omit<AxisWindow, 'padding'>[],
): readonly PadPair[] => {
  if (typeof padding !== 'string') return padding
  if (padding !== 'SAME' && padding !== 'VALID')
    throw new ShapeError(`padding: 'SAME', 'VALID' or pairs are required, got ${describe(padding)}.`)
  return axes.map((w) => pairFor(padding, w))
}

/** @throws ShapeError unless there is an integer of at least `least` for each of `rank` axes, the first of them `from` */
export const requireEach = (
  name: string,
  what: string,
  values: readonly number[],
  rank: number,
  from: number,
  least = 1,
): void => {
  plainNumbers(name, what, values)
  if (values.length !== rank) {
    throw new ShapeError(
      `${name}: ${what} for each of ${rank} axes are required, got [${values.join(',')}]. Give one number an axis.`,
    )
  }
  const at = values.findIndex((v) => !Number.isInteger(v) || v < least)
  if (at >= 0) {
    throw new ShapeError(
      `${name}: integers of at least ${least} are required as ${what}, got ${values[at]} for axis ${from + at}.`,
    )
  }
}

/** @throws ShapeError unless there is a pair of integers for each of `rank` axes, the first of them `from` */
export const requirePadding = (
  name: string,
  padding: readonly PadPair[],
  rank: number,
  from: number,
): void => {
  if (padding.length !== rank) {
    throw new ShapeError(
      `${name}: a padding pair for each of ${rank} axes is required, got ${JSON.stringify(padding)}.`,
    )
  }
  const at = padding.findIndex((p) => p.length !== 2 || !p.every(Number.isInteger))
  if (at >= 0) {
    throw new ShapeError(
      `${name}: a padding of two integers [low, high] is required, got ${JSON.stringify(padding[at])} for axis ${from + at}.`,
    )
  }
}

/**
 * The padding of the transpose: windows over `count` windows of `w` (all, or the first of them), which stand as far apart
 * as the strides of `w` and step by its dilation, then give the elements of `w` back.
 */
export const transposedPadding = (w: AxisWindow, count = windowCount(w)): PadPair => {
  const span = dilatedSize(w.window, w.windowDilation)
  const low = span - 1 - w.padding[0]
  const outputs = dilatedSize(count, w.stride)
  return [low, dilatedSize(w.size, w.dilation) + span - 1 - outputs - low]
}

/**
 * One axis as loops. Window o meets element i by its tap k where `stride·o + windowDilation·k − low = dilation·i`.
 * Without gaps between elements that is a loop over o, and one over k. With gaps (`phases` > 1) most taps meet
 * none: o is split into a row q and a phase t as `phases·q + t − start`, and only taps `phases·j + phases − 1 − t` are tried.
 */
export type AxisLoops = {
  readonly rows: number
  readonly phases: number
  readonly taps: number
  readonly start: number
  /** The element, given the row's loop and the tap's (`null`: there is only one). */
  source(row: number, tap: number | null): Position
  /** The place in the window, and whether it can lie outside. */
  place(phase: number | null, tap: number | null): Bounded
}

const sum = (
  offset: number,
  ...terms: readonly (readonly [axis: number | null, step: number])[]
): Position => ({
  offset,
  terms: terms.flatMap(([axis, step]) => (axis === null ? [] : [{ axis, step }])),
})

/** The loops of an axis, or `null` where gaps, strides and gaps in the window come together. */
export const axisLoops = (w: AxisWindow): AxisLoops | null => {
  const count = windowCount(w)
  const [low] = w.padding
  const phases = w.size <= 1 ? 1 : w.dilation
  const step = w.window === 1 ? 1 : w.windowDilation
  if (phases === 1) {
    return {
      rows: count,
      phases,
      taps: w.window,
      start: 0,
      source: (row, tap) => sum(-low, [row, w.stride], [tap, step]),
      place: (_phase, tap) => ({ position: sum(0, [tap, 1]), size: w.window }),
    }
  }
  if ((w.stride > 1 && count > 1) || step > 1) return null
  const start = (((phases - 1 - low) % phases) + phases) % phases
  return {
    rows: Math.ceil((start + count) / phases),
    phases,
    taps: Math.ceil(w.window / phases),
    start,
    source: (row, tap) => sum((phases - 1 - start - low) / phases, [row, 1], [tap, 1]),
    place: (phase, tap) => ({ position: sum(phases - 1, [tap, phases], [phase, -1]), size: w.window }),
  }
}
