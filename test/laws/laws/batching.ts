import type { Tensor } from '../../../src/graph/tensor.js'
import { vmap } from '../../../src/transforms/vmap.js'
import { type BatchTrial, batchTrials, evaluate, formatBatch, requireSameResults } from '../batches.js'
import type { Law } from '../law.js'
import { operation } from '../opTable/row.js'
import { slicePlain, stackPlain, toPlain, toTensor } from '../plain.js'
import { Salt } from '../salt.js'

export const batching: Law<BatchTrial> = {
  name: 'batching',
  statement: 'vmap over any axes is the stacked results of the slices, along any axis',
  exception: () => null,
  trials: (row, dtype) => batchTrials(row.forms(dtype)),
  format: formatBatch,
  check: (row, { params, operands, axes, size, salt }) => {
    const run = operation(row, params)
    const slices = Array.from({ length: size }, (_, b) =>
      evaluate(
        run,
        operands.map((x, i) => {
          const axis = axes[i]
          return axis === null ? x : slicePlain(x, axis, b)
        }),
      ),
    )
    const random = new Salt(salt)
    const places = slices[0].map((y) => random.below(y.shape.length + 1))
    // the same places, some of them counted from the end
    const outAxes = slices[0].map((y, k) => (random.coin() ? places[k] : places[k] - y.shape.length - 1))
    const inAxes = axes.map((axis, i) =>
      axis !== null && random.coin() ? axis - operands[i].shape.length : axis,
    )
    const want = slices[0].map((_, k) =>
      stackPlain(
        slices.map((s) => s[k]),
        places[k],
      ),
    )
    const mapped = vmap((...xs: readonly Tensor[]) => run(...xs), inAxes, outAxes)
    return requireSameResults('result', row, mapped(...operands.map(toTensor)).map(toPlain), want)
  },
}
