import { allocate, type DType, type TypedArray } from '../../ir/dtype.js'

/** How many points are evaluated together: few enough that a dozen intermediates stay in the first cache. */
export const blockSize = 1024

/**
 * Where the values of one expression at the points of the current block are: `data[at], data[at + 1]…`
 * An object literal rather than a class: a declared field starts as undefined, which makes the engine's
 * code for the loops over lanes three times slower.
 */
export type Lane = { data: TypedArray; at: number }

/** A lane of storage that stays where it is. */
export const laneOf = (data: TypedArray): Lane => ({ data, at: 0 })

const none: { readonly [dtype in DType]: TypedArray } = {
  float32: allocate('float32', 0),
  float64: allocate('float64', 0),
  int32: allocate('int32', 0),
  uint32: allocate('uint32', 0),
  bool: allocate('bool', 0),
}

/** A lane that refers to no storage yet. */
export const emptyLane = (dtype: DType): Lane => laneOf(none[dtype])

/** Lets go of the storage, so that a compiled program does not keep its last inputs alive. */
export const release = (lane: Lane, dtype: DType): void => {
  lane.data = none[dtype]
}
