import { jit } from '../../../src/compiler/jit.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import { isFloat } from '../../../src/ir/dtype.js'
import { zerosLike } from '../../../src/ops/rules/rules.js'
import { vjp } from '../../../src/transforms/vjp.js'
import { requireIdentical } from '../closeness.js'
import type { Law } from '../law.js'
import { operation } from '../opTable/row.js'
import { toPlain, toTensor } from '../plain.js'
import { anyTrials, formatTrial, pointOf, type Trial } from '../trials.js'

export const inputsUnchanged: Law<Trial> = {
  name: 'inputsUnchanged',
  statement: 'evaluation, jit and reverse mode leave their inputs as they were, and give the same twice',
  exception: () => null,
  trials: anyTrials,
  format: formatTrial,
  check: (row, { at }) => {
    const { params, operands } = at
    const run = (...xs: readonly Tensor[]) => operation(row, params)(...xs)
    const xs = operands.map(toTensor)
    const first = run(...xs).map(toPlain)
    jit(run)(...xs)
    const point = pointOf(row, at)
    if (point.at.length > 0 && row.only !== 'forward') {
      const moving = xs.filter((x) => isFloat(x.dtype))
      const [ys, pull] = vjp((...args: readonly Tensor[]) => point.f(...args), ...moving)
      pull(ys.map(zerosLike))
    }
    const second = run(...xs).map(toPlain)
    first.forEach((y, i) => {
      requireIdentical(`result ${i} of the second evaluation`, second[i], y)
    })
    xs.forEach((x, i) => {
      requireIdentical(`operand ${i} afterwards`, toPlain(x), operands[i])
    })
    return 0
  },
}
