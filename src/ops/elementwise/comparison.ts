import { bind1 } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwiseShape, scalarKernel } from '../rules/rules.js'
import { align } from './lift.js'

/** Elementwise =: numbers or bools of one dtype → bool[...s] */
export const eqP = definePrimitive<NoParams>({
  name: 'eq',
  abstractEval: elementwiseShape('eq', 'any', 'bool'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('eq', 'bool'),
})
/** x = y, broadcast. False where either is NaN. */
export const eq = (x: TensorLike, y: TensorLike): Tensor => bind1(eqP, align('eq', [x, y]), {})

/** Elementwise ≠: numbers or bools of one dtype → bool[...s] */
export const neP = definePrimitive<NoParams>({
  name: 'ne',
  abstractEval: elementwiseShape('ne', 'any', 'bool'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('ne', 'bool'),
})
/** x ≠ y, broadcast. True where either is NaN. */
export const ne = (x: TensorLike, y: TensorLike): Tensor => bind1(neP, align('ne', [x, y]), {})

/** Elementwise <: numbers or bools of one dtype → bool[...s] */
export const ltP = definePrimitive<NoParams>({
  name: 'lt',
  abstractEval: elementwiseShape('lt', 'any', 'bool'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('lt', 'bool'),
})
/** x < y, broadcast. False where either is NaN. */
export const lt = (x: TensorLike, y: TensorLike): Tensor => bind1(ltP, align('lt', [x, y]), {})

/** Elementwise ≤: numbers or bools of one dtype → bool[...s] */
export const leP = definePrimitive<NoParams>({
  name: 'le',
  abstractEval: elementwiseShape('le', 'any', 'bool'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('le', 'bool'),
})
/** x ≤ y, broadcast. False where either is NaN. */
export const le = (x: TensorLike, y: TensorLike): Tensor => bind1(leP, align('le', [x, y]), {})

/** Elementwise >: numbers or bools of one dtype → bool[...s] */
export const gtP = definePrimitive<NoParams>({
  name: 'gt',
  abstractEval: elementwiseShape('gt', 'any', 'bool'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('gt', 'bool'),
})
/** x > y, broadcast. False where either is NaN. */
export const gt = (x: TensorLike, y: TensorLike): Tensor => bind1(gtP, align('gt', [x, y]), {})

/** Elementwise ≥: numbers or bools of one dtype → bool[...s] */
export const geP = definePrimitive<NoParams>({
  name: 'ge',
  abstractEval: elementwiseShape('ge', 'any', 'bool'),
  jvp: 'zero',
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: 'elementwise',
  lower: scalarKernel('ge', 'bool'),
})
/** x ≥ y, broadcast. False where either is NaN. */
export const ge = (x: TensorLike, y: TensorLike): Tensor => bind1(geP, align('ge', [x, y]), {})
