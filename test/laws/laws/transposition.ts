import { trace } from '../../../src/graph/trace.js'
import { isFloat } from '../../../src/ir/dtype.js'
import { derive } from '../../../src/transforms/derive.js'
import { Violation } from '../closeness.js'
import { inner, length } from '../differences.js'
import { runGraph } from '../graphs.js'
import type { Law } from '../law.js'
import { linearIn, transposedElsewhere } from '../linearity.js'
import { operation, type Row } from '../opTable/row.js'
import { type Plain, toTensor } from '../plain.js'
import { Salt } from '../salt.js'
import { formatTrial, smoothTrials, type Trial } from '../trials.js'

const zerosLike = (x: Plain): Plain => ({ ...x, data: x.data.map(() => 0) })

/** ⟨P(v), w⟩ = ⟨v, Pᵀ(w)⟩ where the operands of `set` are v. Returns the error. @throws Violation */
const checkSet = (
  row: Row,
  { at: { params, operands } }: Trial,
  set: readonly number[],
  random: Salt,
): number => {
  const args = operands.map((x, i) => (set.includes(i) ? random.direction(x) : x))
  const { graph } = trace(
    row.primitive.name,
    args.map((x) => toTensor(x).aval),
    (xs) => operation(row, params)(...xs),
  )
  const forward = runGraph(graph, args)
  const w = forward.map((y) => random.direction(y))
  const mask = args.map((_, i) => set.includes(i))
  const { graph: back, nonzeroOut } = derive.transpose(
    graph,
    mask,
    w.map(() => true),
  )
  const cts = runGraph(back, [...args.filter((_, i) => !mask[i]), ...w])
  let next = 0
  const v = args.filter((_, i) => mask[i])
  const pulled = v.map((x, k) => (nonzeroOut[k] ? cts[next++] : zerosLike(x)))
  const wrong = pulled.findIndex((ct, k) => ct.dtype !== v[k].dtype || ct.shape.join() !== v[k].shape.join())
  if (wrong >= 0) throw new Violation(`cotangent ${wrong} does not have the form of its operand`)
  const [left, right] = [inner(forward, w), inner(v, pulled)]
  const scale = length(forward) * length(w) + length(v) * length(pulled)
  const error = scale === 0 ? Math.abs(left - right) : Math.abs(left - right) / scale
  if (!(error <= 1e-10))
    throw new Violation(`linear in operands ${set.join(', ')}: ⟨Pv, w⟩ = ${left}, ⟨v, Pᵀw⟩ = ${right}`)
  return error
}

export const transposition: Law<Trial> = {
  name: 'transposition',
  statement: '⟨Pv, w⟩ = ⟨v, Pᵀw⟩ for every set of operands that the primitive itself is linear in',
  exception: (row, dtype) => {
    if (row.primitive.transpose === 'nonlinear') return 'not linear, so it has no transpose'
    if (!isFloat(dtype)) return `${dtype} has no tangents`
    if (dtype !== 'float64') return 'derivatives are compared in float64'
    return transposedElsewhere[row.primitive.name] ?? null
  },
  trials: smoothTrials,
  format: formatTrial,
  check: (row, trial) => {
    const sets = linearIn[row.primitive.name]
    if (sets === undefined) throw new Violation('an entry in test/laws/linearity.ts is required, got none')
    const random = new Salt(trial.salt)
    return sets(trial.at.operands.length).reduce(
      (worst, set) => Math.max(worst, checkSet(row, trial, set, random)),
      0,
    )
  },
}
