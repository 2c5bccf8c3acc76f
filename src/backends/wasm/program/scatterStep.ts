import { type Shape, sizeOf } from '../../../ir/aval.js'
import { byteSize } from '../../../ir/dtype.js'
import type { BufferSpec, HostRoutine, HostStep } from '../../../ir/program.js'
import { denseStrides } from '../../../ir/view.js'
import { tableWords } from '../scatter/rowScatter.js'
import { sortByRow } from '../scatter/rowUpdates.js'
import { transferTime } from '../threads/work.js'
import type { CompiledStep } from './compiledStep.js'
import type { Linking } from './linking.js'

type Scatter = Extract<HostRoutine, { routine: 'scatter' }>

/** Rows of fewer elements are no vectors. */
const fewest = 4

/** Whether the updates of a scatter are whole rows of its target, long enough for vectors. */
export const isByRow = ({ axes }: Scatter, shape: Shape): boolean =>
  axes.length > 0 && axes.every((axis) => axis < axes.length) && sizeOf(shape.slice(axes.length)) >= fewest

/** Updates sorted by the rows they go to, and then each row with its own. Scratch: the table of the call, and the sorted updates. */
export const scatterStep = (
  { combine, axes }: Scatter,
  { inputs, outputs: [out] }: HostStep,
  specs: readonly BufferSpec[],
  linking: Linking,
): CompiledStep => {
  const { shape, dtype } = specs[out]
  const [x, updates] = [inputs[0], inputs[axes.length + 1]]
  const outer = shape.slice(0, axes.length)
  const strides = denseStrides(outer)
  const [rows, count] = [sizeOf(outer), sizeOf(specs[inputs[1]].shape)]
  const rowBytes = sizeOf(shape.slice(axes.length)) * byteSize(dtype)
  const nanoseconds = transferTime((2 * rows + count) * rowBytes)
  linking.pool?.expect(nanoseconds)
  return {
    run: (at, [table, rowOf, ends, places]) => {
      const words = (address: number, length: number): Int32Array =>
        at.arena.view('int32', address, length) as Int32Array
      sortByRow(
        axes.map((axis, k) => [at.view(inputs[k + 1]), shape[axis], strides[axis]]),
        words(rowOf, count),
        words(ends, rows + 2),
        words(places, count),
        rowBytes,
      )
      const addresses = [x, updates, out].map((id) => at.addressOf(id))
      words(table, tableWords).set([...addresses, ends, places, rowBytes])
      linking.scatterRows(combine, dtype, table, rows, nanoseconds)
    },
    scratch: [4 * tableWords, 4 * count, 4 * (rows + 2), 4 * count],
    placements: [{ where: 'WebAssembly, row by row with its updates', sources: [], within: [] }],
  }
}
