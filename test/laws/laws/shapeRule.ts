import { trace } from '../../../src/graph/trace.js'
import { formatAval } from '../../../src/ir/aval.js'
import { Violation } from '../closeness.js'
import type { Law } from '../law.js'
import { operation } from '../opTable/row.js'
import { numbersOf, toTensor } from '../plain.js'
import { anyTrials, formatTrial, type Trial } from '../trials.js'

export const shapeRule: Law<Trial> = {
  name: 'shapeRule',
  statement: 'the shape rule gives the shape and dtype that evaluation gives',
  exception: () => null,
  trials: anyTrials,
  format: formatTrial,
  check: (row, { at: { params, operands } }) => {
    const run = operation(row, params)
    const xs = operands.map(toTensor)
    const outs = run(...xs)
    const { graph } = trace(
      'shapeRule',
      xs.map((x) => x.aval),
      (args) => run(...args),
    )
    const want = row.oracle(operands, params)
    if (outs.length !== want.length || graph.outputs.length !== want.length)
      throw new Violation(
        `${want.length} results are required, got ${outs.length}, traced ${graph.outputs.length}`,
      )
    outs.forEach((y, i) => {
      const traced = graph.outputs[i].aval
      if (formatAval(y.aval) !== formatAval(traced))
        throw new Violation(
          `result ${i}: ${formatAval(traced)} by the rule, evaluated to ${formatAval(y.aval)}`,
        )
      if (y.shape.join() !== want[i].shape.join() || y.dtype !== want[i].dtype)
        throw new Violation(
          `result ${i}: ${want[i].dtype}[${want[i].shape.join()}] is required, got ${formatAval(y.aval)}`,
        )
      const count = numbersOf(y).length
      if (count !== y.size) throw new Violation(`result ${i}: ${y.size} elements are required, got ${count}`)
    })
    return 0
  },
}
