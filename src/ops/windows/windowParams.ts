import { optionsOf } from '../../graph/options.js'
import type { Tensor } from '../../graph/tensor.js'
import type { Aval, Shape } from '../../ir/aval.js'
import type { PadAxis } from '../movement/pad.js'
import {
  type AxisWindow,
  type PadPair,
  paddingPairs,
  requireEach,
  requirePadding,
  type WindowPadding,
  windowCount,
} from './axisWindow.js'

/** For every axis: the window's size, its steps, padding of x, and how far apart elements of x and of the window stand. */
export type WindowParams = {
  readonly window: readonly number[]
  readonly strides: readonly number[]
  readonly padding: readonly PadPair[]
  readonly baseDilation: readonly number[]
  readonly windowDilation: readonly number[]
}

/** Windows of a tensor, with an entry for each of its axes. */
export type WindowOptions = {
  readonly window: readonly number[]
  /** Steps of the window, 1 by default. */
  readonly strides?: readonly number[]
  /** [low, high] for each axis, negative ones crop; or `'SAME'`, `'VALID'` (the default). */
  readonly padding?: WindowPadding
  /** Elements of x stand this far apart; 1 by default. */
  readonly baseDilation?: readonly number[]
  /** Elements of the window stand this far apart; 1 by default. */
  readonly windowDilation?: readonly number[]
}

/** The padding and gaps of x, as `pad` has them. */
export const padConfig = (p: WindowParams): readonly PadAxis[] =>
  p.padding.map(([low, high], i) => [low, high, p.baseDilation[i] - 1])

/** The axes of a tensor under its windows. */
export const windowAxes = (shape: Shape, p: WindowParams): readonly AxisWindow[] =>
  shape.map((size, i) => ({
    size,
    window: p.window[i],
    stride: p.strides[i],
    padding: p.padding[i],
    dilation: p.baseDilation[i],
    windowDilation: p.windowDilation[i],
  }))

/** The options as they were given. @throws GradError on an unknown one */
export const windowOptions = (name: string, options: WindowOptions): WindowOptions =>
  optionsOf(name, 'window strides padding baseDilation windowDilation', options)

/** Options with all defaults filled in. */
export const resolveWindows = (x: Tensor, options: WindowOptions): WindowParams => {
  const ones = x.shape.map(() => 1)
  const { window, strides = ones, baseDilation = ones, windowDilation = ones } = options
  const params = { window, strides, padding: [], baseDilation, windowDilation }
  return { ...params, padding: paddingPairs(options.padding ?? 'VALID', windowAxes(x.shape, params)) }
}

/** The number of windows along each axis. @throws ShapeError on parameters that do not fit x */
export const windowedShape = (name: string, x: Aval, p: WindowParams): Shape => {
  const rank = x.shape.length
  requireEach(name, 'window sizes', p.window, rank, 0)
  requireEach(name, 'strides', p.strides, rank, 0)
  requireEach(name, 'dilations of x', p.baseDilation, rank, 0)
  requireEach(name, 'dilations of the window', p.windowDilation, rank, 0)
  requirePadding(name, p.padding, rank, 0)
  return windowAxes(x.shape, p).map(windowCount)
}
