import type { DType } from '../../../ir/dtype.js'
import { i32 } from '../assembler/scalars.js'
import type { Effect, Value } from '../assembler/value.js'
import { i8x16, i16x8, i32x4, v128 } from '../assembler/vectors.js'
import type { Vector } from '../vector/lanes.js'

type Address = Value<'i32'>

/** Points in a register. */
export const pointsPerRegister = (dtype: DType): number => (dtype === 'float64' ? 2 : 4)

/** An address and what comes on top of it; it may lie before the memory as long as the sum does not, where `wraps`. */
export const displaced = (address: Address, bytes: number, wraps: boolean): readonly [Address, number] => {
  if (bytes === 0) return [address, 0]
  return bytes > 0 && !wraps ? [address, bytes] : [i32.add(address, i32.const(bytes)), 0]
}

/** Bytes 0 and 1 as masks of 32 bits. */
const masks = (bytes: Vector): Vector => i32x4.neg(i32x4.extendLowI16x8S(i16x8.extendLowI8x16S(bytes)))

/** A register of neighbouring elements. */
export const loadRegister = (dtype: DType, [address, offset]: readonly [Address, number]): Vector =>
  dtype === 'bool' ? masks(v128.load32Zero(address, offset)) : v128.load(address, offset)

const mask = (address: Address, offset: number): Value<'i32'> =>
  i32.sub(i32.const(0), i32.load8U(address, offset))

/** One element in all lanes. */
export const loadSplat = (dtype: DType, [address, offset]: readonly [Address, number]): Vector => {
  if (dtype === 'bool') return i32x4.splat(mask(address, offset))
  return dtype === 'float64' ? v128.load64Splat(address, offset) : v128.load32Splat(address, offset)
}

/** A register with one lane loaded. */
export const loadLane = (
  dtype: DType,
  [address, offset]: readonly [Address, number],
  v: Vector,
  lane: number,
): Vector => {
  if (dtype === 'bool') return i32x4.replaceLane(v, mask(address, offset), lane)
  return dtype === 'float64'
    ? v128.load64Lane(address, v, lane, offset)
    : v128.load32Lane(address, v, lane, offset)
}

const bytesOfMasks = (v: Vector): Vector => {
  const bytes = i8x16.narrowI16x8S(i16x8.narrowI32x4S(v, v), i16x8.narrowI32x4S(v, v))
  return v128.and(bytes, i32x4.const(0x01010101, 0x01010101, 0x01010101, 0x01010101))
}

/** Stores a register as neighbouring elements. */
export const storeRegister = (dtype: DType, address: Address, v: Vector, offset: number): Effect =>
  dtype === 'bool' ? v128.store32Lane(address, bytesOfMasks(v), 0, offset) : v128.store(address, v, offset)

/** Stores one lane. */
export const storeLane = (
  dtype: DType,
  address: Address,
  v: Vector,
  lane: number,
  offset: number,
): Effect => {
  if (dtype === 'bool') return i32.store8(address, i32.and(i32x4.extractLane(v, lane), i32.const(1)), offset)
  return dtype === 'float64'
    ? v128.store64Lane(address, v, lane, offset)
    : v128.store32Lane(address, v, lane, offset)
}

/** The first lane in all lanes. */
export const firstLaneOf = (dtype: DType, v: Vector): Vector => {
  const bytes = dtype === 'float64' ? 8 : 4
  return i8x16.shuffle(
    v,
    v,
    Array.from({ length: 16 }, (_, i) => i % bytes),
  )
}

/** A mask of the first lane alone. */
export const firstLane = (dtype: DType): Vector =>
  dtype === 'float64' ? i32x4.const(-1, -1, 0, 0) : i32x4.const(-1, 0, 0, 0)
