import type { Tensor } from '../../../src/graph/tensor.js'
import { jvp } from '../../../src/transforms/jvp.js'
import { vjp } from '../../../src/transforms/vjp.js'
import { Violation } from '../closeness.js'
import { inner, length } from '../differences.js'
import type { Law } from '../law.js'
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

export const adjoint: Law<Trial> = {
  name: 'adjoint',
  statement: '⟨Jv, w⟩ = ⟨v, Jᵀw⟩ to 1e-10',
  exception: (row, dtype) => forwardException(row, dtype) ?? reverseException(row, dtype),
  trials: smoothTrials,
  format: formatTrial,
  check: (row, { at, salt }) => {
    const { f, at: point } = pointOf(row, at)
    const g = (...args: readonly Tensor[]) => f(...args)
    const random = new Salt(salt)
    const v = point.map((x) => random.direction(x))
    const xs = point.map(toTensor)
    const forward = jvp(g, xs, v.map(toTensor))[1].map(toPlain)
    const w = forward.map((y) => random.direction(y))
    const back = vjp(g, ...xs)[1](w.map(toTensor)).map(toPlain)
    const [left, right] = [inner(forward, w), inner(v, back)]
    const scale = length(forward) * length(w) + length(v) * length(back)
    const error = scale === 0 ? Math.abs(left - right) : Math.abs(left - right) / scale
    if (!(error <= 1e-10)) throw new Violation(`⟨Jv, w⟩ = ${left}, ⟨v, Jᵀw⟩ = ${right}, ${error} off`)
    return error
  },
}
