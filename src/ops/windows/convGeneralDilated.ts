import { bind1 } from '../../graph/bind.js'
import { optionsOf } from '../../graph/options.js'
import { definePrimitive, isLinear } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatAval } from '../../ir/aval.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import { promote } from '../elementwise/lift.js'
import { mapped, only, requireDType } from '../rules/rules.js'
import {
  type AxisWindow,
  type PadPair,
  paddingPairs,
  requireEach,
  requirePadding,
  type WindowPadding,
  windowCount,
} from './axisWindow.js'
import { batchedConvolution } from './convBatching.js'
import { loweredConvolution } from './convLoops.js'
import { transposeKernel, transposeOperand } from './convTranspose.js'

/** Steps of the kernel, padding of x and gaps in x and in the kernel for each spatial axis; and groups. */
export type ConvParams = {
  readonly strides: readonly number[]
  readonly padding: readonly PadPair[]
  readonly lhsDilation: readonly number[]
  readonly rhsDilation: readonly number[]
  readonly featureGroupCount: number
  readonly batchGroupCount: number
}

/** The spatial axes of a convolution of x [n, c, …] with a kernel [o, i, …]. */
export const convAxes = (x: Aval, kernel: Aval, p: ConvParams): readonly AxisWindow[] =>
  p.strides.map((stride, j) => ({
    size: x.shape[j + 2],
    window: kernel.shape[j + 2],
    stride,
    padding: p.padding[j],
    dilation: p.lhsDilation[j],
    windowDilation: p.rhsDilation[j],
  }))

const name = 'convGeneralDilated'

const requireGroups = (x: Aval, kernel: Aval, p: ConvParams): void => {
  const { featureGroupCount: features, batchGroupCount: batches } = p
  const got = `${formatAval(x)} and ${formatAval(kernel)}`
  if (![features, batches].every((g) => Number.isInteger(g) && g >= 1) || (features > 1 && batches > 1)) {
    throw new ShapeError(
      `${name}: group counts of at least 1, one of them 1, are required, got featureGroupCount ${features} and batchGroupCount ${batches}.`,
    )
  }
  if (x.shape[1] !== kernel.shape[1] * features) {
    throw new ShapeError(
      `${name}: axis 1 of x must have featureGroupCount × the size of axis 1 of the kernel, got ${got} with ${features} groups. Layouts are [n, c, …] and [o, c / groups, …].`,
    )
  }
  if (kernel.shape[0] % (features * batches) !== 0) {
    throw new ShapeError(
      `${name}: axis 0 of the kernel must be a multiple of the ${features * batches} groups, got ${got}.`,
    )
  }
  if (x.shape[0] % batches !== 0) {
    throw new ShapeError(
      `${name}: axis 0 of x must be a multiple of the ${batches} batch groups, got ${got}.`,
    )
  }
}

const convolved = (x: Aval, kernel: Aval, p: ConvParams): Aval => {
  const rank = x.shape.length - 2
  if (rank < 0 || kernel.shape.length !== x.shape.length) {
    throw new ShapeError(
      `${name}: x [n, c, …] and a kernel [o, i, …] of the same rank are required, got ${formatAval(x)} and ${formatAval(kernel)}.`,
    )
  }
  requireEach(name, 'strides', p.strides, rank, 2)
  requireEach(name, 'dilations of x', p.lhsDilation, rank, 2)
  requireEach(name, 'dilations of the kernel', p.rhsDilation, rank, 2)
  requireEach(name, 'sizes of the kernel', kernel.shape.slice(2), rank, 2)
  requirePadding(name, p.padding, rank, 2)
  requireGroups(x, kernel, p)
  requireDType(name, 'number', x)
  if (x.dtype !== kernel.dtype) {
    throw new DTypeError(
      `${name}: equal dtypes are required, got ${formatAval(x)} and ${formatAval(kernel)}. Convert with astype.`,
    )
  }
  return aval(
    [x.shape[0] / p.batchGroupCount, kernel.shape[0], ...convAxes(x, kernel, p).map(windowCount)],
    x.dtype,
    x.weakType && kernel.weakType,
  )
}

/** The primitive on operands of one dtype. @internal */
export const convolve = (x: Tensor, kernel: Tensor, params: ConvParams): Tensor =>
  bind1(convGeneralDilatedP, [x, kernel], params)

/**
 * Correlation over any number of spatial axes: out[n, o, p] = Σ_{i,k} x̃[n, i, stride·p + dilation·k]·w[o, i, k], x̃ being x with
 * gaps and padding of zeros. Linear in each operand; both transposes are convolutions again.
 */
export const convGeneralDilatedP = definePrimitive<ConvParams>({
  name,
  abstractEval: ([x, kernel], p) => [convolved(x, kernel, p)],
  // d(x∗w) = dx∗w + x∗dw
  jvp: [(dx, [, w], _out, p) => convolve(dx, w, p), (dw, [x], _out, p) => convolve(x, dw, p)],
  linearize: 'fromJvp',
  transpose: (cts, [x, w], p) => [
    isLinear(x) ? transposeOperand(only(cts), x.aval, w as Tensor, p) : null,
    isLinear(w) ? transposeKernel(only(cts), x as Tensor, w.aval, p) : null,
  ],
  batch: (size, [x, w], [xBatched, wBatched], p) =>
    mapped(batchedConvolution(size, x, w, xBatched, wBatched, p)),
  lower: ([x, w], p, [out]) => loweredConvolution(x, w, out, p),
})

export type ConvOptions = {
  /** Steps of the kernel, 1 by default. */
  readonly strides?: readonly number[]
  /** [low, high] for each axis, negative ones crop; or `'SAME'`, `'VALID'` (the default). */
  readonly padding?: WindowPadding
  /** Elements of x stand this far apart, zeros between them; 1 by default. */
  readonly lhsDilation?: readonly number[]
  /** Elements of the kernel stand this far apart; 1 by default. */
  readonly rhsDilation?: readonly number[]
  /** The number of separate groups of channels and outputs. */
  readonly featureGroupCount?: number
  /** The number of groups of examples and outputs: group g of the outputs sees the examples of group g. */
  readonly batchGroupCount?: number
}

/**
 * Convolution as neural networks mean it (the kernel is not turned), over any number of spatial axes:
 * out[n, o, p] = Σ_{i,k} x[n, i, stride·p + dilation·k − low]·w[o, i, k]. x: [n, c, …s], kernel: [o, c / groups, …k] → [n, o, …];
 * no windows along an axis that the kernel does not fit into.
 * @throws ShapeError on ranks, channels, groups or options that do not fit; on `'SAME'` together with lhsDilation
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * const x = np.array([[[1, 2, 3, 4]]])
 * const w = np.array([[[1, 10]]])
 * lax.convGeneralDilated(x, w) // => [[[21, 32, 43]]]
 * lax.convGeneralDilated(x, w, { strides: [2], padding: [[1, 0]] }) // => [[[10, 32]]]
 * lax.convGeneralDilated(x, w, { lhsDilation: [2], padding: 'VALID' }) // => [[[1, 20, 2, 30, 3, 40]]]
 * lax.convGeneralDilated(x, np.ones([2, 3, 1])) // => throws ShapeError: axis 1 of x
 * ```
 * @see https://arxiv.org/abs/1603.07285 for the arithmetic of strides, padding and dilation
 */
export const convGeneralDilated = (x: Tensor, kernel: Tensor, given?: ConvOptions): Tensor => {
  const options = optionsOf(
    'convGeneralDilated',
    'strides padding lhsDilation rhsDilation featureGroupCount batchGroupCount',
    given,
  )
  const [a, b] = promote(name, [x, kernel])
  const ones = a.shape.slice(2).map(() => 1)
  const { strides = ones, lhsDilation = ones, rhsDilation = ones, padding = 'VALID' } = options
  const { featureGroupCount = 1, batchGroupCount = 1 } = options
  if (padding === 'SAME' && lhsDilation.some((d) => d !== 1)) {
    throw new ShapeError(
      `${name}: a padding in numbers is required beside lhsDilation [${lhsDilation.join(',')}], got 'SAME', which is ambiguous.`,
    )
  }
  const params = { strides, padding: [], lhsDilation, rhsDilation, featureGroupCount, batchGroupCount }
  return convolve(a, b, { ...params, padding: paddingPairs(padding, convAxes(a.aval, b.aval, params)) })
}
