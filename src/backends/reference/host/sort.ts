import { type Shape, sizeOf } from '../../../graph/aval.js'
import type { TypedArray } from '../../../graph/dtype.js'
import type { HostRoutine } from '../../../graph/kernel/program.js'
import { sortPositions } from './stableOrder.js'

/** Arrays of one shape sorted together along an axis: by the last key first, each sort keeping what came before. */
export const compileSort = (
  { axis, keys }: Extract<HostRoutine, { routine: 'sort' }>,
  shape: Shape,
): ((inputs: readonly TypedArray[], outputs: readonly TypedArray[]) => void) => {
  const length = shape[axis]
  const stride = sizeOf(shape.slice(axis + 1))
  const lines = length === 0 ? 0 : sizeOf(shape) / length
  return (inputs, outputs) => {
    const order = new Int32Array(length)
    for (let line = 0; line < lines; line++) {
      const start = Math.floor(line / stride) * length * stride + (line % stride)
      for (let i = 0; i < length; i++) order[i] = start + i * stride
      for (let k = keys - 1; k >= 0; k--) sortPositions(order, inputs[k])
      outputs.forEach((out, k) => {
        const x = inputs[k]
        for (let i = 0; i < length; i++) out[start + i * stride] = x[order[i]]
      })
    }
  }
}

/** The k greatest elements of each row, greatest first, and their positions in the row; results are `[...rows, k]`. */
export const compileTopK = (
  { k }: Extract<HostRoutine, { routine: 'topK' }>,
  size: number,
  shape: Shape,
): ((x: TypedArray, values: TypedArray, positions: TypedArray) => void) => {
  const rows = sizeOf(shape.slice(0, -1))
  const n = rows === 0 ? 0 : size / rows
  return (x, values, positions) => {
    const order = new Int32Array(n)
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < n; i++) order[i] = row * n + i
      sortPositions(order, x, true)
      for (let i = 0; i < k; i++) {
        values[row * k + i] = x[order[i]]
        positions[row * k + i] = order[i] - row * n
      }
    }
  }
}
