import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { formatAval, sameShape } from '../../ir/aval.js'
import { isFloat, isInteger } from '../../ir/dtype.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import { add, mul, neg, sub } from '../../ops/elementwise/arithmetic.js'
import { eq } from '../../ops/elementwise/comparison.js'
import { convert } from '../../ops/elementwise/convert.js'
import { toFloat, toTensor } from '../../ops/elementwise/lift.js'
import { and } from '../../ops/elementwise/logical.js'
import { maximum, minimum } from '../../ops/elementwise/maximum.js'
import { select } from '../../ops/elementwise/select.js'
import { broadcastInDim } from '../../ops/movement/broadcast.js'
import { iota } from '../../ops/movement/iota.js'
import { reduceSum } from '../../ops/reductions/reduceSum.js'
import { fullLike, zerosLike } from '../../ops/rules/rules.js'
import { requireInRange } from '../../transforms/indexRange.js'
import { softplus } from './activations.js'
import { logSoftmax } from './softmax.js'

/**
 * −Σ p·log softmax(logits) over the last axis: one loss for each example.
 *
 * logits f[...b, c]; labels integers [...b] (the right classes), or [...b, c] (one-hot, or probabilities p)
 * → f[...b]. Take its mean for a training loss. A label out of range throws where its value is known; where it is traced, loss and
 * gradient of its example are NaN (`debug.indices` finds it). A class of probability 0 adds
 * nothing, whatever its logit.
 * @throws ShapeError, DTypeError on labels of neither form; IndexError
 * @example
 * ```ts
 * const logits = np.array([[2, 0], [0, 1000]])
 * nn.softmaxCrossEntropy(logits, np.array([0, 0], { dtype: 'int32' })) // => [0.126928, 1000]
 * nn.softmaxCrossEntropy(logits, np.array([0, 2], { dtype: 'int32' })) // => throws IndexError: labels from 0 to 1
 * nn.softmaxCrossEntropy(logits, np.array([[0.5, 0.5], [0, 1]])) // => [1.126928, 0]
 * ```
 */
export const softmaxCrossEntropy = (logits: TensorLike, classes: TensorLike): Tensor => {
  const z = toFloat(logits)
  const labels = toTensor(classes, 'int')
  const last = z.ndim - 1
  if (last < 0)
    throw new ShapeError('softmaxCrossEntropy: logits with an axis of classes are required, got a scalar.')
  const logP = logSoftmax(z)
  if (sameShape(labels.shape, z.shape)) return sub(0, reduceSum(weighted(labels, logP), [last]))
  if (!sameShape(labels.shape, z.shape.slice(0, -1))) {
    throw new ShapeError(
      `softmaxCrossEntropy: labels of shape [${z.shape.slice(0, -1).join(',')}] or [${z.shape.join(',')}] are required, got ${formatAval(labels.aval)}.`,
    )
  }
  if (!isInteger(labels.dtype)) {
    throw new DTypeError(
      `softmaxCrossEntropy: integer labels are required as classes, got ${formatAval(labels.aval)}. Convert with astype('int32').`,
    )
  }
  requireInRange(
    'softmaxCrossEntropy',
    labels,
    { what: 'labels', low: 0, size: z.shape[last], of: `logits ${formatAval(z.aval)}` },
    labelFix,
  )
  return sub(0, chosen(logP, convert(labels, 'int32')))
}

/** p·log q; 0 where p = 0 and q = 0. */
const weighted = (labels: Tensor, logP: Tensor): Tensor => {
  const p = isFloat(labels.dtype) ? labels : convert(labels, logP.dtype)
  const nothing = and(eq(p, 0), eq(logP, Number.NEGATIVE_INFINITY))
  return mul(p, select(nothing, zerosLike(logP), logP))
}

const labelFix = 'Count classes from 0, and mask examples that have none.'

/**
 * The element of the last axis that each label names; NaN where there is none, also in the derivative. A mask and a sum
 * fuse; a gather would not.
 */
const chosen = (logP: Tensor, labels: Tensor): Tensor => {
  const last = logP.ndim - 1
  const nearest = maximum(minimum(labels, logP.shape[last] - 1), 0)
  const spread = broadcastInDim(
    nearest,
    logP.shape,
    labels.shape.map((_, i) => i),
  )
  const mask = eq(spread, iota('int32', logP.shape, last))
  const own = reduceSum(select(mask, logP, zerosLike(logP)), [last])
  return mul(own, select(eq(labels, nearest), fullLike(own, 1), fullLike(own, Number.NaN)))
}

/**
 * −y·log σ(z) − (1 − y)·log(1 − σ(z)), elementwise, from logits z and labels y in [0, 1], without overflow:
 * one loss for each element. Take its mean for a training loss.
 * @example
 * ```ts
 * nn.sigmoidBinaryCrossEntropy(np.array([0, 100]), np.array([1, 1])) // => [0.693147, 0]
 * ```
 */
export const sigmoidBinaryCrossEntropy = (logits: TensorLike, labels: TensorLike): Tensor => {
  const z = toFloat(logits)
  const given = toTensor(labels)
  const y = isFloat(given.dtype) ? given : convert(given, z.dtype)
  return add(mul(y, softplus(neg(z))), mul(sub(1, y), softplus(z)))
}
