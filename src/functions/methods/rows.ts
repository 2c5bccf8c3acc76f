import { Concrete, fromHost, splat, splatValue, type Tensor } from '../../graph/tensor.js'
import { aval, sizeOf } from '../../ir/aval.js'
import type { TypedArray } from '../../ir/dtype.js'
import { BackendError } from '../../ir/errors.js'
import { get } from '../numpy/indexing.js'

/** The rows of tensors in the host's memory, and of vectors, read at once: each element of a vector would be a read from the device otherwise. */
const elements = (x: Tensor): TypedArray | null => {
  if (!(x instanceof Concrete)) return null
  if (x.ndim > 1) return x.peek()
  try {
    return x.read()
  } catch (error) {
    if (error instanceof BackendError) return null
    throw error
  }
}

/** The parts of x along its first axis, as `x.get(0)`, `x.get(1)`, … @internal */
export function* rowsOf(x: Tensor): Generator<Tensor> {
  const [count, ...rest] = x.shape
  const row = aval(rest, x.dtype, x.aval.weakType)
  const size = sizeOf(rest)
  const value = splatValue(x)
  const data = value === null ? elements(x) : null
  for (let i = 0; i < count; i++) {
    if (value !== null) yield splat(value, row)
    else if (data === null) yield get(x, i)
    else if (rest.length === 0) yield splat(data[i], row)
    else yield fromHost(data.slice(i * size, (i + 1) * size), row)
  }
}
