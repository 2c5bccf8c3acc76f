import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { align } from './lift.js'

/** Elementwise =: numbers or bools of one dtype → bool[...s] */
export const eqP = elementwise({
  name: 'eq',
  takes: 'any',
  gives: 'bool',
  jvp: 'zero',
})
/** x = y, broadcast. False where either is NaN. */
export const eq = (x: TensorLike, y: TensorLike): Tensor => bind1(eqP, align('eq', [x, y]), {})

/** Elementwise ≠: numbers or bools of one dtype → bool[...s] */
export const neP = elementwise({
  name: 'ne',
  takes: 'any',
  gives: 'bool',
  jvp: 'zero',
})
/** x ≠ y, broadcast. True where either is NaN. */
export const ne = (x: TensorLike, y: TensorLike): Tensor => bind1(neP, align('ne', [x, y]), {})

/** Elementwise <: numbers or bools of one dtype → bool[...s] */
export const ltP = elementwise({
  name: 'lt',
  takes: 'any',
  gives: 'bool',
  jvp: 'zero',
})
/** x < y, broadcast. False where either is NaN. */
export const lt = (x: TensorLike, y: TensorLike): Tensor => bind1(ltP, align('lt', [x, y]), {})

/** Elementwise ≤: numbers or bools of one dtype → bool[...s] */
export const leP = elementwise({
  name: 'le',
  takes: 'any',
  gives: 'bool',
  jvp: 'zero',
})
/** x ≤ y, broadcast. False where either is NaN. */
export const le = (x: TensorLike, y: TensorLike): Tensor => bind1(leP, align('le', [x, y]), {})

/** Elementwise >: numbers or bools of one dtype → bool[...s] */
export const gtP = elementwise({
  name: 'gt',
  takes: 'any',
  gives: 'bool',
  jvp: 'zero',
})
/** x > y, broadcast. False where either is NaN. */
export const gt = (x: TensorLike, y: TensorLike): Tensor => bind1(gtP, align('gt', [x, y]), {})

/** Elementwise ≥: numbers or bools of one dtype → bool[...s] */
export const geP = elementwise({
  name: 'ge',
  takes: 'any',
  gives: 'bool',
  jvp: 'zero',
})
/** x ≥ y, broadcast. False where either is NaN. */
export const ge = (x: TensorLike, y: TensorLike): Tensor => bind1(geP, align('ge', [x, y]), {})
