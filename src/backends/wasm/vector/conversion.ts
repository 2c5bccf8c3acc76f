import { type DType, isFloat } from '../../../ir/dtype.js'
import { f32x4, f64x2, i32x4, v128 } from '../assembler/vectors.js'
import { constantLanes, type LaneCode, type Lanes } from './lanes.js'

/** Floats to integers truncate and saturate, NaN to 0; integers wrap; anything but 0 is true. */
export const converted = (code: LaneCode, x: Lanes, from: DType, to: DType): Lanes => {
  if (from === to) return x
  if (to === 'bool') return isNotZero(code, x, from)
  if (from === 'bool') return fromMask(code, x, to)
  if (from === 'float64') {
    if (to === 'float32') return code.demote(x)
    return code.narrowed(x, to === 'int32' ? i32x4.truncSatF64x2SZero : i32x4.truncSatF64x2UZero)
  }
  if (from === 'float32') {
    if (to === 'float64') return code.promote(x)
    return code.map(to === 'int32' ? i32x4.truncSatF32x4S : i32x4.truncSatF32x4U, x)
  }
  const isSigned = from === 'int32'
  if (to === 'float32') return code.map(isSigned ? f32x4.convertI32x4S : f32x4.convertI32x4U, x)
  if (to === 'float64') return code.widened(x, isSigned ? f64x2.convertLowI32x4S : f64x2.convertLowI32x4U)
  return x
}

const isNotZero = (code: LaneCode, x: Lanes, from: DType): Lanes => {
  if (from === 'float64') return code.narrowMask(code.map(f64x2.ne, x, constantLanes(from, 0)))
  return code.map(isFloat(from) ? f32x4.ne : i32x4.ne, x, constantLanes(from, 0))
}

const fromMask = (code: LaneCode, x: Lanes, to: DType): Lanes => {
  const mask = to === 'float64' ? code.widenMask(x) : x
  return code.map(v128.and, mask, constantLanes(to, 1))
}
