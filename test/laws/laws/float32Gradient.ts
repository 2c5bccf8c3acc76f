import type { Tensor } from '../../../src/graph/tensor.js'
import { vjp } from '../../../src/transforms/vjp.js'
import { requireNear } from '../closeness.js'
import type { Law } from '../law.js'
import type { Case } from '../opTable/row.js'
import { type Plain, toPlain, toTensor } from '../plain.js'
import { Salt } from '../salt.js'
import { formatTrial, pointOf, reverseException, smoothTrials, type Trial } from '../trials.js'

const inDType = (xs: readonly Plain[], dtype: 'float32' | 'float64'): readonly Plain[] =>
  xs.map((x) =>
    x.dtype === 'float64' || x.dtype === 'float32' ? { ...x, dtype, data: x.data.map(Math.fround) } : x,
  )

/** Jᵀw at the case's numbers rounded to float32, computed in `dtype`. */
const pulledBack = (
  at: Case,
  dtype: 'float32' | 'float64',
  row: Parameters<typeof pointOf>[0],
  salt: number,
) => {
  const point = pointOf(row, { ...at, operands: inDType(at.operands, dtype) })
  const random = new Salt(salt)
  const [ys, pull] = vjp((...xs: readonly Tensor[]) => point.f(...xs), ...point.at.map(toTensor))
  return pull(ys.map((y) => toTensor(random.direction(toPlain(y))))).map(toPlain)
}

export const float32Gradient: Law<Trial> = {
  name: 'float32Gradient',
  statement: 'in float32 the gradient is that of float64 but for rounding, and is float32',
  exception: (row, dtype) => (dtype === 'float32' ? reverseException(row, 'float64') : 'about float32 alone'),
  trials: smoothTrials,
  format: formatTrial,
  check: (row, { at, salt }) =>
    requireNear(
      'gradient',
      pulledBack(at, 'float32', row, salt),
      inDType(pulledBack(at, 'float64', row, salt), 'float32'),
      1e-4,
    ),
}
