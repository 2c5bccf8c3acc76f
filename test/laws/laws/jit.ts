import { jit as compile } from '../../../src/compiler/jit.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import { requireIdentical, Violation } from '../closeness.js'
import type { Law } from '../law.js'
import { operation } from '../opTable/row.js'
import { toPlain, toTensor } from '../plain.js'
import { anyTrials, formatTrial, type Trial } from '../trials.js'

export const jit: Law<Trial> = {
  name: 'jit',
  statement:
    'jit gives what plain evaluation gives, inside another jit too, and a second call traces nothing',
  exception: () => null,
  trials: anyTrials,
  format: formatTrial,
  check: (row, { at: { params, operands } }) => {
    const run = (...xs: readonly Tensor[]) => operation(row, params)(...xs)
    const xs = operands.map(toTensor)
    const want = run(...xs).map(toPlain)
    const jitted = compile(run)
    const nested = compile((...args: readonly Tensor[]) => jitted(...args))
    const results = { first: jitted(...xs), second: jitted(...xs), nested: nested(...xs) }
    for (const [name, got] of Object.entries(results))
      want.forEach((w, i) => {
        requireIdentical(`${name} call, result ${i}`, toPlain(got[i]), w)
      })
    if (jitted.traceCount() !== 1)
      throw new Violation(`one trace for one signature is required, got ${jitted.traceCount()}`)
    return 0
  },
}
