import type { Tensor } from '../../graph/tensor.js'
import type { Aval } from '../../ir/aval.js'
import { reshape } from '../movement/reshape.js'
import { rev } from '../movement/rev.js'
import { transpose } from '../movement/transpose.js'
import { zerosLike } from '../rules/rules.js'
import { dilatedSize, transposedPadding, windowCount } from './axisWindow.js'
import { type ConvParams, convAxes, convolve } from './convGeneralDilated.js'

/** Axes 0 and 1 exchanged. */
const swapped = (x: Tensor): Tensor => transpose(x, [1, 0, ...x.shape.slice(2).map((_, j) => j + 2)])

/** The kernel [g·o, i, …] as [g·i, o, …]: within each group, outputs and inputs exchanged. */
const exchanged = (kernel: Tensor, groups: number): Tensor => {
  if (groups === 1) return swapped(kernel)
  const [outputs, inputs, ...spatial] = kernel.shape
  const apart = reshape(kernel, [groups, outputs / groups, inputs, ...spatial])
  const turned = transpose(apart, [0, 2, 1, ...spatial.map((_, j) => j + 3)])
  return reshape(turned, [groups * inputs, outputs / groups, ...spatial])
}

/**
 * The cotangent of x: ct convolved with the kernel turned round, inputs and outputs exchanged. Strides and
 * gaps in x change places. Windows after those of ct have a cotangent of 0.
 */
export const transposeOperand = (ct: Tensor, x: Aval, kernel: Tensor, p: ConvParams): Tensor => {
  if (ct.size === 0) return zerosLike({ aval: x })
  const groups = p.featureGroupCount * p.batchGroupCount
  const turned = rev(
    exchanged(kernel, groups),
    p.strides.map((_, j) => j + 2),
  )
  const out = convolve(ct, turned, {
    strides: p.lhsDilation,
    padding: convAxes(x, kernel.aval, p).map((w, j) => transposedPadding(w, ct.shape[j + 2])),
    lhsDilation: p.strides,
    rhsDilation: p.rhsDilation,
    featureGroupCount: groups,
    batchGroupCount: 1,
  })
  if (p.batchGroupCount === 1) return out
  // [n, g·c, …] → [g·n, c, …]
  const [n, channels, ...spatial] = out.shape
  const apart = reshape(out, [n, groups, channels / groups, ...spatial])
  return reshape(transpose(apart, [1, 0, 2, ...spatial.map((_, j) => j + 3)]), x.shape)
}

/**
 * The cotangent of the kernel: x convolved with ct, examples taking the place of channels. Strides and gaps in
 * the kernel change places; groups of channels become groups of examples, and the reverse.
 */
export const transposeKernel = (ct: Tensor, x: Tensor, kernel: Aval, p: ConvParams): Tensor => {
  if (ct.size === 0 || x.size === 0) return zerosLike({ aval: kernel })
  const out = convolve(swapped(x), swapped(ct), {
    strides: p.rhsDilation,
    padding: convAxes(x.aval, kernel, p).map((w) => {
      const span = dilatedSize(w.window, w.windowDilation)
      const outputs = dilatedSize(windowCount(w), w.stride)
      return [w.padding[0], outputs + span - 1 - dilatedSize(w.size, w.dilation) - w.padding[0]]
    }),
    lhsDilation: p.lhsDilation,
    rhsDilation: p.strides,
    featureGroupCount: p.batchGroupCount,
    batchGroupCount: p.featureGroupCount,
  })
  return swapped(out)
}
