import { bind1 } from '../../graph/bind.js'
import { definePrimitive } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatShape, type Shape } from '../../ir/aval.js'
import type { DType } from '../../ir/dtype.js'
import { ShapeError } from '../../ir/errors.js'
import { apply, loopIndex } from '../../ir/expr.js'
import { requireDType } from '../rules/rules.js'

export type IotaParams = { readonly dtype: DType; readonly shape: Shape; readonly axis: number }

const counted = ({ dtype, shape, axis }: IotaParams): Aval => {
  const out = aval(shape, dtype)
  if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) {
    throw new ShapeError(`iota: an axis of ${formatShape(shape)} is required, got ${axis}.`)
  }
  requireDType('iota', 'number', out)
  return out
}

/** 0, 1, 2, … along one axis, the same along the others. A constant. */
export const iotaP = definePrimitive<IotaParams>({
  name: 'iota',
  abstractEval: (_none, p) => [counted(p)],
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, _none, _b, { dtype, shape, axis }) => ({
    outs: [iota(dtype, shape, axis)],
    batched: [false],
  }),
  lower: (_none, { dtype, axis }) => ({
    kind: 'indexed',
    value: () => (dtype === 'int32' ? loopIndex(axis) : apply('convert', [loopIndex(axis)], dtype)),
  }),
})

/** A tensor of `shape` that counts 0, 1, 2, … along `axis`. */
export const iota = (dtype: DType, shape: Shape, axis: number): Tensor =>
  bind1(iotaP, [], { dtype, shape, axis })
