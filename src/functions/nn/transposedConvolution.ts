import { optionsOf } from '../../graph/options.js'
import type { Tensor } from '../../graph/tensor.js'
import { aval, formatAval } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { promote } from '../../ops/elementwise/lift.js'
import { dilatedSize } from '../../ops/windows/axisWindow.js'
import { transposeOperand } from '../../ops/windows/convTranspose.js'
import { eachAxis, type PerAxis } from './perAxis.js'

export type TransposedConvolutionOptions = {
  /** The distance of the elements of x in the output; 1 by default. */
  readonly stride?: PerAxis
  /** Taken off both ends of the output: the padding of the convolution that this is the transpose of; 0 by default. */
  readonly padding?: PerAxis
  /** Added to the end of the output, less than the stride, since inputs of several sizes have convolutions of one size; 0 by default. */
  readonly outputPadding?: PerAxis
  /** Elements of the kernel stand this far apart; 1 by default. */
  readonly dilation?: PerAxis
  /** The number of separate groups of channels and outputs. */
  readonly groups?: number
}

const name = 'convTranspose2d'

/**
 * The transpose of `conv2d` in its first operand, as PyTorch's `conv_transpose2d`: out[n, o, stride·p + dilation·k − padding] =
 * Σ_{i,p,k} x[n, i, p]·w[i, o, k]. x: [n, c, h, w], kernel: [c, o / groups, kh, kw] → [n, o, h′, w′],
 * h′ = (h − 1)·stride − 2·padding + dilation·(kh − 1) + outputPadding + 1.
 * @throws ShapeError on ranks, channels or options that do not fit
 * @example
 * ```ts
 * nn.functional.convTranspose2d(np.array([[[[1, 2]]]]), np.array([[[[1, 10, 100]]]]), { stride: 2 }) // => [[[[1, 10, 102, 20, 200]]]]
 * nn.functional.convTranspose2d(np.ones([1, 4, 5, 5]), np.ones([4, 3, 2, 2]), { stride: 2 }).shape // => [1, 3, 10, 10]
 * ```
 * @see https://arxiv.org/abs/1603.07285, section 4
 */
export const convTranspose2d = (x: Tensor, kernel: Tensor, given?: TransposedConvolutionOptions): Tensor => {
  const options = optionsOf(name, 'stride padding outputPadding dilation groups', given)
  const [a, w] = promote(name, [x, kernel])
  const { groups = 1 } = options
  const each = (what: 'stride' | 'padding' | 'outputPadding' | 'dilation', otherwise: number) =>
    eachAxis(name, what, options[what] ?? otherwise, 2)
  const got = `${formatAval(x.aval)} and ${formatAval(kernel.aval)}`
  if (a.ndim !== 4 || w.ndim !== 4 || a.shape[1] !== w.shape[0])
    throw new ShapeError(
      `${name}: x [n, c, h, w] and a kernel [c, o / groups, kh, kw] are required, got ${got}.`,
    )
  if (!Number.isInteger(groups) || groups < 1 || w.shape[0] % groups !== 0)
    throw new ShapeError(`${name}: groups that divide ${w.shape[0]} channels are required, got ${groups}.`)
  const [strides, padding, outputPadding, rhsDilation] = [
    each('stride', 1),
    each('padding', 0),
    each('outputPadding', 0),
    each('dilation', 1),
  ]
  const spatial = strides.map((stride, j) => {
    const extra = outputPadding[j]
    if (!Number.isInteger(extra) || extra < 0 || extra >= Math.max(stride, rhsDilation[j]))
      throw new ShapeError(
        `${name}: an outputPadding from 0 to below stride ${stride} or dilation ${rhsDilation[j]} is required, got ${extra}.`,
      )
    const span = dilatedSize(w.shape[j + 2], rhsDilation[j])
    return dilatedSize(a.shape[j + 2], stride) + span - 1 - 2 * padding[j] + extra
  })
  if (spatial.some((d) => d < 1))
    throw new ShapeError(
      `${name}: an output of at least 1×1 is required, got ${spatial.join('×')} of ${got}.`,
    )
  return transposeOperand(a, aval([a.shape[0], w.shape[1] * groups, ...spatial], a.dtype), w, {
    strides,
    padding: padding.map((p) => [p, p] as const),
    lhsDilation: [1, 1],
    rhsDilation,
    featureGroupCount: groups,
    batchGroupCount: 1,
  })
}
