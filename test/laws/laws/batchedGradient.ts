import type { Tensor } from '../../../src/graph/tensor.js'
import { splat } from '../../../src/graph/tensor.js'
import { aval } from '../../../src/ir/aval.js'
import { isFloat } from '../../../src/ir/dtype.js'
import { add, mul } from '../../../src/ops/elementwise/arithmetic.js'
import { reduceSum } from '../../../src/ops/reductions/reduceSum.js'
import { grad } from '../../../src/transforms/grad.js'
import { vmap } from '../../../src/transforms/vmap.js'
import { type BatchTrial, batchTrials, evaluate, formatBatch } from '../batches.js'
import { requireNear } from '../closeness.js'
import type { Law } from '../law.js'
import { operation } from '../opTable/row.js'
import { type Plain, slicePlain, tabulate, toPlain, toTensor } from '../plain.js'
import { Salt } from '../salt.js'
import { reverseException } from '../trials.js'

type Tensors = readonly Tensor[]

const total = (x: Tensor): Tensor => reduceSum(x, [...x.shape.keys()])

/** Σ over an array's first axis. */
const summed = (x: Plain): Plain =>
  tabulate(x.dtype, x.shape.slice(1), (p) => {
    const slices = Array.from({ length: x.shape[0] }, (_, b) => slicePlain(x, 0, b))
    const strides = x.shape.slice(1).map((_, i) => x.shape.slice(i + 2).reduce((n, d) => n * d, 1))
    const at = p.reduce((s, k, i) => s + k * strides[i], 0)
    return slices.reduce((s, slice) => s + slice.data[at], 0)
  })

export const batchedGradient: Law<BatchTrial> = {
  name: 'batchedGradient',
  statement: 'vmap ∘ grad = grad ∘ (sum ∘ vmap); an unmapped argument gets the sum of its gradients',
  exception: reverseException,
  trials: (row) => {
    if (typeof row.smooth === 'string') throw new Error(row.smooth)
    return batchTrials(row.smooth.forms)
  },
  format: formatBatch,
  check: (row, { params, operands, axes, salt }) => {
    const run = operation(row, params)
    const sample = operands.map((x, i) => {
      const axis = axes[i]
      return axis === null ? x : slicePlain(x, axis, 0)
    })
    const random = new Salt(salt)
    const weights = evaluate(run, sample).map((y) => toTensor(random.direction(y)))
    const argnums = operands.flatMap((o, i) => (isFloat(o.dtype) ? [i] : []))
    const loss = (...xs: Tensors): Tensor =>
      run(...xs)
        .flatMap((y, k) => (isFloat(y.dtype) ? [total(mul(y, weights[k]))] : []))
        .reduce(add, splat(0, aval([], 'float64')))
    const gradients = (f: (...xs: Tensors) => Tensor) => grad(f, { argnums }) as (...xs: Tensors) => Tensors
    const xs = operands.map(toTensor)
    const outAxes = argnums.map((n) => axes[n] ?? 0)
    const inside = vmap(gradients(loss), axes, outAxes)(...xs).map(toPlain)
    const outside = gradients((...args) => total(vmap(loss, axes)(...args)))(...xs).map(toPlain)
    const perArgument = inside.map((g, k) => (axes[argnums[k]] === null ? summed(g) : g))
    return requireNear('gradient', perArgument, outside, 1e-12)
  },
}
