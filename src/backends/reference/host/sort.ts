import { type Shape, sizeOf } from '../../../ir/aval.js'
import type { TypedArray } from '../../../ir/dtype.js'
import type { HostRoutine } from '../../../ir/program.js'
import { stableSorter } from './stableSorter.js'

/** Arrays of one shape sorted together along an axis: by the last key first; each sort keeps the order before it among equals. */
export const compileSort = (
  { axis, keys }: Extract<HostRoutine, { routine: 'sort' }>,
  shape: Shape,
): ((inputs: readonly TypedArray[], outputs: readonly TypedArray[]) => void) => {
  const length = shape[axis]
  const stride = sizeOf(shape.slice(axis + 1))
  const lines = length === 0 ? 0 : sizeOf(shape) / length
  return (inputs, outputs) => {
    const order = new Int32Array(length)
    const sortBy = stableSorter(length)
    for (let line = 0; line < lines; line++) {
      const start = Math.floor(line / stride) * length * stride + (line % stride)
      for (let i = 0; i < length; i++) order[i] = start + i * stride
      for (let k = keys - 1; k >= 0; k--) sortBy(order, inputs[k])
      outputs.forEach((out, k) => {
        const x = inputs[k]
        for (let i = 0; i < length; i++) out[start + i * stride] = x[order[i]]
      })
    }
  }
}
