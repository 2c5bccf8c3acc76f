import * as fc from 'fast-check'
import type { HostArray } from '../../src/formats/namedArray.js'
import { type DType, dtypes } from '../../src/ir/dtype.js'

const elements = (dtype: DType, size: number): fc.Arbitrary<HostArray['data']> => {
  const length = { minLength: size, maxLength: size }
  switch (dtype) {
    case 'float32':
      return fc.float32Array(length)
    case 'float64':
      return fc.float64Array(length)
    case 'int32':
      return fc.int32Array(length)
    case 'uint32':
      return fc.uint32Array(length)
    case 'bool':
      return fc.uint8Array({ ...length, max: 1 })
  }
}

/** Arrays of any element type, up to rank 3, empty and scalar ones included. */
export const hostArray: fc.Arbitrary<HostArray> = fc
  .tuple(fc.constantFrom(...dtypes), fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }))
  .chain(([dtype, shape]) => {
    const size = shape.reduce((product, n) => product * n, 1)
    return elements(dtype, size).map((data) => ({ dtype, shape, data }))
  })
