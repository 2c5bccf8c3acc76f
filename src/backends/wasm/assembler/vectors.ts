import { float32Bytes, float64Bytes, int32Bytes } from './encode.js'
import { binary, loads, loadsLane, simd, stores, storesLane, unary } from './instruction.js'
import type { Value } from './value.js'

type Vector = Value<'v128'>

const un = (text: string, number: number) => unary('v128', 'v128', text, simd(number))
const bin = (text: string, number: number) => binary('v128', 'v128', 'v128', text, simd(number))
const shift = (text: string, number: number) => binary('v128', 'i32', 'v128', text, simd(number))

const constant = (text: string, bytes: readonly number[]): Vector => ({
  type: 'v128',
  text: `v128.const ${text}`,
  code: [...simd(12), ...bytes],
  operands: [],
})

const withLane =
  <T extends 'i32' | 'f32' | 'f64'>(_type: T, text: string, number: number) =>
  (vector: Vector, value: Value<T>, lane: number): Vector => ({
    type: 'v128',
    text: `${text} ${lane}`,
    code: [...simd(number), lane],
    operands: [vector, value],
  })

const laneOf =
  <T extends 'i32' | 'f32' | 'f64'>(type: T, text: string, number: number) =>
  (vector: Vector, lane: number): Value<T> => ({
    type,
    text: `${text} ${lane}`,
    code: [...simd(number), lane],
    operands: [vector],
  })

export const v128 = {
  load: loads('v128', 'v128.load', simd(0), 2),
  load32Splat: loads('v128', 'v128.load32_splat', simd(9), 2),
  load64Splat: loads('v128', 'v128.load64_splat', simd(10), 3),
  load32Zero: loads('v128', 'v128.load32_zero', simd(92), 0),
  store: stores('v128', 'v128.store', simd(11), 2),
  load32Lane: loadsLane('v128.load32_lane', simd(86), 2),
  load64Lane: loadsLane('v128.load64_lane', simd(87), 3),
  store32Lane: storesLane('v128.store32_lane', simd(90), 0),
  store64Lane: storesLane('v128.store64_lane', simd(91), 0),
  not: un('v128.not', 77),
  and: bin('v128.and', 78),
  or: bin('v128.or', 80),
  xor: bin('v128.xor', 81),
  /** `a` where the mask's bits are set, else `b`. */
  bitselect: (a: Vector, b: Vector, mask: Vector): Vector => ({
    type: 'v128',
    text: 'v128.bitselect',
    code: simd(82),
    operands: [a, b, mask],
  }),
  anyTrue: unary('v128', 'i32', 'v128.any_true', simd(83)),
}

export const i8x16 = {
  /** Bytes of both vectors by number: 0–15 of the first, 16–31 of the second. */
  shuffle: (a: Vector, b: Vector, bytes: readonly number[]): Vector => ({
    type: 'v128',
    text: `i8x16.shuffle ${bytes.join(' ')}`,
    code: [...simd(13), ...bytes],
    operands: [a, b],
  }),
  narrowI16x8S: bin('i8x16.narrow_i16x8_s', 101),
}

export const i16x8 = {
  extendLowI8x16S: un('i16x8.extend_low_i8x16_s', 135),
  narrowI32x4S: bin('i16x8.narrow_i32x4_s', 133),
}

export const i32x4 = {
  const: (...lanes: readonly number[]): Vector =>
    constant(`i32x4 ${lanes.join(' ')}`, lanes.flatMap(int32Bytes)),
  splat: unary('i32', 'v128', 'i32x4.splat', simd(17)),
  extractLane: laneOf('i32', 'i32x4.extract_lane', 27),
  replaceLane: withLane('i32', 'i32x4.replace_lane', 28),
  eq: bin('i32x4.eq', 55),
  ne: bin('i32x4.ne', 56),
  ltS: bin('i32x4.lt_s', 57),
  ltU: bin('i32x4.lt_u', 58),
  gtS: bin('i32x4.gt_s', 59),
  gtU: bin('i32x4.gt_u', 60),
  leS: bin('i32x4.le_s', 61),
  leU: bin('i32x4.le_u', 62),
  geS: bin('i32x4.ge_s', 63),
  geU: bin('i32x4.ge_u', 64),
  abs: un('i32x4.abs', 160),
  neg: un('i32x4.neg', 161),
  bitmask: unary('v128', 'i32', 'i32x4.bitmask', simd(164)),
  extendLowI16x8S: un('i32x4.extend_low_i16x8_s', 167),
  shl: shift('i32x4.shl', 171),
  shrS: shift('i32x4.shr_s', 172),
  shrU: shift('i32x4.shr_u', 173),
  add: bin('i32x4.add', 174),
  sub: bin('i32x4.sub', 177),
  mul: bin('i32x4.mul', 181),
  minS: bin('i32x4.min_s', 182),
  minU: bin('i32x4.min_u', 183),
  maxS: bin('i32x4.max_s', 184),
  maxU: bin('i32x4.max_u', 185),
  truncSatF32x4S: un('i32x4.trunc_sat_f32x4_s', 248),
  truncSatF32x4U: un('i32x4.trunc_sat_f32x4_u', 249),
  truncSatF64x2SZero: un('i32x4.trunc_sat_f64x2_s_zero', 252),
  truncSatF64x2UZero: un('i32x4.trunc_sat_f64x2_u_zero', 253),
}

export const i64x2 = {
  extendLowI32x4S: un('i64x2.extend_low_i32x4_s', 199),
  extendHighI32x4S: un('i64x2.extend_high_i32x4_s', 200),
  shl: shift('i64x2.shl', 203),
  add: bin('i64x2.add', 206),
  sub: bin('i64x2.sub', 209),
}

export const f32x4 = {
  const: (...lanes: readonly number[]): Vector =>
    constant(`f32x4 ${lanes.join(' ')}`, lanes.flatMap(float32Bytes)),
  splat: unary('f32', 'v128', 'f32x4.splat', simd(19)),
  extractLane: laneOf('f32', 'f32x4.extract_lane', 31),
  replaceLane: withLane('f32', 'f32x4.replace_lane', 32),
  eq: bin('f32x4.eq', 65),
  ne: bin('f32x4.ne', 66),
  lt: bin('f32x4.lt', 67),
  gt: bin('f32x4.gt', 68),
  le: bin('f32x4.le', 69),
  ge: bin('f32x4.ge', 70),
  demoteF64x2Zero: un('f32x4.demote_f64x2_zero', 94),
  ceil: un('f32x4.ceil', 103),
  floor: un('f32x4.floor', 104),
  nearest: un('f32x4.nearest', 106),
  abs: un('f32x4.abs', 224),
  neg: un('f32x4.neg', 225),
  sqrt: un('f32x4.sqrt', 227),
  add: bin('f32x4.add', 228),
  sub: bin('f32x4.sub', 229),
  mul: bin('f32x4.mul', 230),
  div: bin('f32x4.div', 231),
  min: bin('f32x4.min', 232),
  max: bin('f32x4.max', 233),
  /** `b < a ? b : a`: NaN where `a` is; one instruction, unlike `min`. */
  pmin: bin('f32x4.pmin', 234),
  /** `a < b ? b : a`. */
  pmax: bin('f32x4.pmax', 235),
  convertI32x4S: un('f32x4.convert_i32x4_s', 250),
  convertI32x4U: un('f32x4.convert_i32x4_u', 251),
}

export const f64x2 = {
  const: (...lanes: readonly number[]): Vector =>
    constant(`f64x2 ${lanes.join(' ')}`, lanes.flatMap(float64Bytes)),
  splat: unary('f64', 'v128', 'f64x2.splat', simd(20)),
  extractLane: laneOf('f64', 'f64x2.extract_lane', 33),
  replaceLane: withLane('f64', 'f64x2.replace_lane', 34),
  eq: bin('f64x2.eq', 71),
  ne: bin('f64x2.ne', 72),
  lt: bin('f64x2.lt', 73),
  gt: bin('f64x2.gt', 74),
  le: bin('f64x2.le', 75),
  ge: bin('f64x2.ge', 76),
  promoteLowF32x4: un('f64x2.promote_low_f32x4', 95),
  ceil: un('f64x2.ceil', 116),
  floor: un('f64x2.floor', 117),
  nearest: un('f64x2.nearest', 148),
  abs: un('f64x2.abs', 236),
  neg: un('f64x2.neg', 237),
  sqrt: un('f64x2.sqrt', 239),
  add: bin('f64x2.add', 240),
  sub: bin('f64x2.sub', 241),
  mul: bin('f64x2.mul', 242),
  div: bin('f64x2.div', 243),
  min: bin('f64x2.min', 244),
  max: bin('f64x2.max', 245),
  pmin: bin('f64x2.pmin', 246),
  pmax: bin('f64x2.pmax', 247),
  convertLowI32x4S: un('f64x2.convert_low_i32x4_s', 254),
  convertLowI32x4U: un('f64x2.convert_low_i32x4_u', 255),
}
