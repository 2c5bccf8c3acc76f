import { splat, type Tensor } from '../../graph/tensor.js'
import { aval } from '../../ir/aval.js'
import { moveAxis } from '../movement/batching.js'
import { reshape } from '../movement/reshape.js'
import { type ConvParams, convGeneralDilatedP, convolve } from './convGeneralDilated.js'

/** Axes `at` and `at + 1` made one. */
const merged = (x: Tensor, at: number): Tensor =>
  reshape(x, [...x.shape.slice(0, at), x.shape[at] * x.shape[at + 1], ...x.shape.slice(at + 2)])

/** Axis `at` made two, the first of size `outer`. */
const divided = (x: Tensor, at: number, outer: number): Tensor =>
  reshape(x, [...x.shape.slice(0, at), outer, x.shape[at] / outer, ...x.shape.slice(at + 1)])

/**
 * A batch of convolutions as one. A batch of operands joins the examples, a batch of kernels the outputs (of each
 * group); with a batch of both, each member is a group of its own. The result has the batch axis first.
 */
export const batchedConvolution = (
  size: number,
  x: Tensor,
  kernel: Tensor,
  xBatched: boolean,
  kernelBatched: boolean,
  p: ConvParams,
): Tensor => {
  const { featureGroupCount: features, batchGroupCount: batches } = p
  if (size === 0) {
    const one = (t: Tensor, batched: boolean) => aval(batched ? t.shape.slice(1) : t.shape, t.dtype)
    const [out] = convGeneralDilatedP.abstractEval([one(x, xBatched), one(kernel, kernelBatched)], p)
    return splat(0, aval([0, ...out.shape], out.dtype, x.aval.weakType && kernel.aval.weakType))
  }
  if (xBatched && kernelBatched) {
    if (features === 1) {
      // [b, g·n, c], [b, g·o, c] → [n, b·g·o]
      const out = convolve(merged(x, 0), merged(kernel, 0), { ...p, batchGroupCount: size * batches })
      return moveAxis(divided(out, 1, size), 1, 0)
    }
    // [b, n, g·i] → [n, b·g·i], [b, g·o, i] → [n, b·g·o]
    const operand = merged(moveAxis(x, 0, 1), 1)
    const out = convolve(operand, merged(kernel, 0), { ...p, featureGroupCount: size * features })
    return moveAxis(divided(out, 1, size), 1, 0)
  }
  if (xBatched) {
    // [b, g·n, c] → [g·b·n, c] → [b·n, o]
    const apart = batches === 1 ? x : merged(moveAxis(divided(x, 1, batches), 1, 0), 0)
    const examples = merged(apart, 0)
    return divided(convolve(examples, kernel, p), 0, size)
  }
  // [b, g·o, i] → [g·b·o, i] → [n, g·b·o]
  const groups = features * batches
  const outputs = merged(merged(moveAxis(divided(kernel, 1, groups), 1, 0), 0), 0)
  const out = divided(divided(convolve(x, outputs, p), 1, groups), 2, size)
  return merged(moveAxis(out, 2, 0), 2)
}
