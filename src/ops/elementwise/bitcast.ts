import { bind1 } from '../../graph/bind.js'
import { definePrimitive } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { aval, formatAval } from '../../ir/aval.js'
import { byteSize, type DType } from '../../ir/dtype.js'
import { DTypeError } from '../../ir/errors.js'
import { apply } from '../../ir/expr.js'
import { pointwise } from '../rules/elementwise.js'

export type BitcastParams = { readonly dtype: DType }

/** The same bits read as another dtype of the same width; no derivative. */
export const bitcastP = definePrimitive<BitcastParams>({
  name: 'bitcast',
  abstractEval: ([x], { dtype }) => {
    if (byteSize(x.dtype) !== byteSize(dtype)) {
      throw new DTypeError(
        `bitcast: a dtype of the same width is required, got ${formatAval(x)} to ${dtype}. Use astype.`,
      )
    }
    return [aval(x.shape, dtype)]
  },
  jvp: 'zero',
  ...pointwise,
  lower: (_avals, { dtype }) => ({ kind: 'elementwise', values: ([x]) => [apply('bitcast', [x], dtype)] }),
})
/** The bits of x read as `dtype`, of the same width. */
export const bitcast = (x: Tensor, dtype: DType): Tensor =>
  x.dtype === dtype ? x : bind1(bitcastP, [x], { dtype })
