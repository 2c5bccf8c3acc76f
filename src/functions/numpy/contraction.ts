import type { Tensor } from '../../graph/tensor.js'
import { mul } from '../../ops/elementwise/arithmetic.js'
import { dotGeneral } from '../../ops/matrices/dotGeneral.js'
import { broadcastInDim } from '../../ops/movement/broadcast.js'
import { transpose } from '../../ops/movement/transpose.js'
import { reduceSum } from '../../ops/reductions/reduceSum.js'

/** A tensor whose axes have names, each once. */
export type Labelled = { readonly tensor: Tensor; readonly labels: readonly string[] }

/** x summed over the axes whose labels are not kept. */
export const sumOut = ({ tensor, labels }: Labelled, keep: (label: string) => boolean): Labelled => ({
  tensor: reduceSum(
    tensor,
    labels.flatMap((l, i) => (keep(l) ? [] : [i])),
  ),
  labels: labels.filter(keep),
})

/** The axes in the order of `labels`. */
export const ordered = (x: Labelled, labels: readonly string[]): Tensor =>
  transpose(
    x.tensor,
    labels.map((l) => x.labels.indexOf(l)),
  )

/** x's axes in the places of `labels`, length one where x has none; then repeated to `shape`. */
const spread = (x: Labelled, labels: readonly string[], shape: readonly number[]): Tensor => {
  const own = labels.filter((l) => x.labels.includes(l))
  return broadcastInDim(
    ordered(x, own),
    shape,
    own.map((l) => labels.indexOf(l)),
  )
}

/**
 * Σ x·y over the axes that are not kept. Shared labels have one size. The result's axes are those of both, then
 * x's, then y's. Without a sum it is an elementwise product.
 */
export const contractPair = (x: Labelled, y: Labelled, keep: (label: string) => boolean): Labelled => {
  const a = sumOut(x, (l) => keep(l) || y.labels.includes(l))
  const b = sumOut(y, (l) => keep(l) || x.labels.includes(l))
  const shared = a.labels.filter((l) => b.labels.includes(l))
  const batch = shared.filter(keep)
  const summed = shared.filter((l) => !keep(l))
  const labels = [...batch, ...[...a.labels, ...b.labels].filter((l) => !shared.includes(l))]
  if (summed.length === 0) {
    const size = (l: string) =>
      a.labels.includes(l) ? a.tensor.shape[a.labels.indexOf(l)] : b.tensor.shape[b.labels.indexOf(l)]
    const shape = labels.map(size)
    return { tensor: mul(spread(a, labels, shape), spread(b, labels, shape)), labels }
  }
  const tensor = dotGeneral(a.tensor, b.tensor, {
    lhsContract: summed.map((l) => a.labels.indexOf(l)),
    rhsContract: summed.map((l) => b.labels.indexOf(l)),
    lhsBatch: batch.map((l) => a.labels.indexOf(l)),
    rhsBatch: batch.map((l) => b.labels.indexOf(l)),
  })
  return { tensor, labels }
}
