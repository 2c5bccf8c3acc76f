import { allocate, type DType, type TypedArray } from '../../graph/dtype.js'

/** How many points are evaluated together: few enough that a dozen intermediates stay in the first cache. */
export const blockSize = 1024

/** Where the values of one expression at the points of the current block are: `data[at], data[at + 1]…` */
export class Lane {
  data: TypedArray
  at: number

  constructor(data: TypedArray, at = 0) {
    this.data = data
    this.at = at
  }
}

const none: { readonly [dtype in DType]: TypedArray } = {
  float32: allocate('float32', 0),
  float64: allocate('float64', 0),
  int32: allocate('int32', 0),
  uint32: allocate('uint32', 0),
  bool: allocate('bool', 0),
}

/** A lane that refers to no storage yet. */
export const emptyLane = (dtype: DType): Lane => new Lane(none[dtype])

/** Lets go of the storage, so that a compiled program does not keep its last inputs alive. */
export const release = (lane: Lane, dtype: DType): void => {
  lane.data = none[dtype]
}
