import { optionsOf } from '../../graph/options.js'
import type { Tensor } from '../../graph/tensor.js'
import { formatAval } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { convGeneralDilated } from '../../ops/windows/convGeneralDilated.js'
import { eachAxis, eachPadding, type PerAxis, requireWindows, type SpatialPadding } from './perAxis.js'

export type ConvolutionOptions = {
  /** Steps of the kernel; 1 by default. */
  readonly stride?: PerAxis
  /** Zeros around x; none by default. `'SAME'`: an output for every stride-th place. */
  readonly padding?: SpatialPadding
  /** Elements of the kernel stand this far apart; 1 by default. */
  readonly dilation?: PerAxis
  /** The number of separate groups of channels and outputs; one for each channel makes a depthwise convolution. */
  readonly groups?: number
}

const layouts = ['', '[n, c, l]', '[n, c, h, w]', '[n, c, d, h, w]']

/** A convolution over `rank` axes, for the function or layer that errors name. @internal */
export const convolution =
  (name: string, rank: number) =>
  (x: Tensor, kernel: Tensor, options?: ConvolutionOptions): Tensor => {
    const {
      stride = 1,
      padding = 0,
      dilation = 1,
      groups = 1,
    } = optionsOf(name, 'stride padding dilation groups', options)
    if (x.ndim !== rank + 2 || kernel.ndim !== rank + 2) {
      throw new ShapeError(
        `${name}: x ${layouts[rank]} and a kernel of the same rank are required, got ${formatAval(x.aval)} and ${formatAval(kernel.aval)}. Put the batch first.`,
      )
    }
    const y = convGeneralDilated(x, kernel, {
      strides: eachAxis(name, 'stride', stride, rank),
      padding: eachPadding(name, padding, rank),
      rhsDilation: eachAxis(name, 'dilation', dilation, rank),
      featureGroupCount: groups,
    })
    return requireWindows(name, x, y)
  }

/**
 * Convolution over one axis: out[n, o, p] = Σ_{i,k} x[n, i, stride·p + dilation·k − padding]·w[o, i, k].
 * x: [n, c, l], kernel: [o, c / groups, k] → [n, o, l′], l′ = ⌊(l + padding − dilation·(k − 1) − 1) / stride⌋ + 1.
 * @throws ShapeError on ranks, channels or options that do not fit, and on a kernel larger than x
 * @example
 * ```ts
 * nn.functional.conv1d(np.array([[[1, 2, 3]]]), np.array([[[1, -1]]])) // => [[[-1, -1]]]
 * nn.functional.conv1d(np.ones([1, 1, 4]), np.ones([1, 1, 3]), { padding: 1, stride: 2 }) // => [[[2, 3]]]
 * ```
 */
export const conv1d = convolution('conv1d', 1)

/**
 * Convolution over two axes: out[n, o, p] = Σ_{i,k} x[n, i, stride·p + dilation·k − padding]·w[o, i, k], p and k being pairs.
 * x: [n, c, h, w], kernel: [o, c / groups, kh, kw] → [n, o, h′, w′].
 * @throws ShapeError on ranks, channels or options that do not fit, and on a kernel larger than x
 * @example
 * ```ts
 * nn.functional.conv2d(np.ones([1, 2, 3, 3]), np.ones([4, 2, 2, 2])).shape // => [1, 4, 2, 2]
 * nn.functional.conv2d(np.ones([1, 1, 2, 2]), np.ones([1, 1, 3, 3]), { padding: 'SAME' }) // => [[[[4, 4], [4, 4]]]]
 * nn.functional.conv2d(np.ones([1, 4, 2, 2]), np.ones([4, 1, 1, 1]), { groups: 4 }).shape // => [1, 4, 2, 2]
 * ```
 */
export const conv2d = convolution('conv2d', 2)

/**
 * Convolution over three axes: as `conv2d`. x: [n, c, d, h, w], kernel: [o, c / groups, kd, kh, kw] → [n, o, d′, h′, w′].
 * @throws ShapeError on ranks, channels or options that do not fit, and on a kernel larger than x
 * @example
 * ```ts
 * nn.functional.conv3d(np.ones([1, 1, 3, 3, 3]), np.ones([1, 1, 3, 3, 3])) // => [[[[[27]]]]]
 * ```
 */
export const conv3d = convolution('conv3d', 3)
