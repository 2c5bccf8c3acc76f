import type { Tensor } from '../../../src/graph/tensor.js'
import { jvp } from '../../../src/transforms/jvp.js'
import { linearize, vjp } from '../../../src/transforms/vjp.js'
import { requireIdentical, requireNear, Violation } from '../closeness.js'
import { differences, inner, length } from '../differences.js'
import type { Law } from '../law.js'
import type { Row } from '../opTable/row.js'
import { toPlain, toTensor } from '../plain.js'
import { Salt } from '../salt.js'
import {
  formatTrial,
  forwardException,
  pointOf,
  reverseException,
  smoothTrials,
  type Trial,
} from '../trials.js'

/** Of extrapolated differences in float64, relative to 1 + the largest derivative. */
const toleranceOf = (row: Row): number =>
  typeof row.smooth === 'string' ? 0 : (row.smooth.tolerance ?? 1e-8)

export const forwardDifferences: Law<Trial> = {
  name: 'forwardDifferences',
  statement: 'jvp, and linearize, give what central differences give, beside the unchanged value',
  exception: forwardException,
  trials: smoothTrials,
  format: formatTrial,
  check: (row, { at, salt }) => {
    const point = pointOf(row, at)
    const random = new Salt(salt)
    const v = point.at.map((x) => random.direction(x))
    const xs = point.at.map(toTensor)
    const f = (...args: readonly Tensor[]) => point.f(...args)
    const [ys, moving] = jvp(f, xs, v.map(toTensor))
    const tangents = moving.map(toPlain)
    const plainly = point.f(...xs).map(toPlain)
    ys.forEach((y, i) => {
      requireIdentical(`value ${i} beside the tangent`, toPlain(y), plainly[i])
    })
    const linear = linearize(f, ...xs)[1](...v.map(toTensor)).map(toPlain)
    requireNear('tangent by linearize', linear, tangents, 1e-13)
    return requireNear('tangent', tangents, differences(point, v), toleranceOf(row))
  },
}

export const reverseDifferences: Law<Trial> = {
  name: 'reverseDifferences',
  statement: '⟨Jᵀw, v⟩ is ⟨w, central differences in direction v⟩',
  exception: reverseException,
  trials: smoothTrials,
  format: formatTrial,
  check: (row, { at, salt }) => {
    const point = pointOf(row, at)
    const random = new Salt(salt)
    const v = point.at.map((x) => random.direction(x))
    const [ys, pull] = vjp(
      (...args: readonly ReturnType<typeof toTensor>[]) => point.f(...args),
      ...point.at.map(toTensor),
    )
    const w = ys.map((y) => random.direction(toPlain(y)))
    const cts = pull(w.map(toTensor)).map(toPlain)
    const numeric = differences(point, v)
    const [got, want] = [inner(cts, v), inner(numeric, w)]
    const error = Math.abs(got - want) / (1 + length(cts) * length(v) + length(numeric) * length(w))
    if (!(error <= toleranceOf(row)))
      throw new Violation(`⟨Jᵀw, v⟩: ${want} by differences is required, got ${got}, ${error} off`)
    return error
  },
}
