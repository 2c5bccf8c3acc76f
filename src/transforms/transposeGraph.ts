import { bind } from '../graph/bind.js'
import { internal, MissingRuleError } from '../graph/errors.js'
import { literalTensor } from '../graph/evaluate.js'
import type { Atom, Eqn, Graph, Var } from '../graph/graph.js'
import { type Derive, isZero, LinearOperand, type Tangent, Zero } from '../graph/primitive.js'
import { withSite } from '../graph/sourceSite.js'
import type { Tensor } from '../graph/tensor.js'
import { accumulate } from '../ops/arithmetic.js'

/**
 * Runs a linear graph backwards: cotangents of its outputs to cotangents of its linear inputs.
 * `args[i]` is the value of a nonlinear input, `null` marks a linear one. Equations without a linear
 * operand are evaluated first; then the linear ones are walked from the last to the first.
 */
export const transposeAt = (
  graph: Graph,
  args: readonly (Tensor | null)[],
  cts: readonly Tangent[],
  derive: Derive,
): readonly Tangent[] => {
  const values = new Map<Var, Tensor>()
  const cotangents = new Map<Var, Tensor>()
  graph.inputs.forEach((v, i) => {
    const value = args[i]
    if (value !== null) values.set(v, value)
  })
  const isLinearAtom = (a: Atom): boolean => a.kind === 'var' && !values.has(a)
  const valueOf = (a: Atom): Tensor => (a.kind === 'lit' ? literalTensor(a) : (values.get(a) as Tensor))
  const collect = (a: Atom, ct: Tangent | null | undefined): void => {
    if (a.kind === 'lit' || ct === null || ct === undefined || isZero(ct) || values.has(a)) return
    const sum = cotangents.get(a)
    cotangents.set(a, sum === undefined ? ct : accumulate(sum, ct))
  }

  const linear: Eqn[] = []
  for (const eqn of graph.eqns) {
    if (eqn.inputs.some(isLinearAtom)) {
      linear.push(eqn)
      continue
    }
    const outs = withSite(eqn.source, () => bind(eqn.primitive, eqn.inputs.map(valueOf), eqn.params))
    eqn.outputs.forEach((v, i) => {
      values.set(v, outs[i])
    })
  }

  graph.outputs.forEach((a, i) => {
    collect(a, cts[i])
  })
  for (let k = linear.length - 1; k >= 0; k--) {
    const eqn = linear[k]
    const outCts = eqn.outputs.map((v): Tangent => cotangents.get(v) ?? new Zero(v.aval))
    for (const v of eqn.outputs) cotangents.delete(v)
    if (outCts.every(isZero)) continue
    const { primitive } = eqn
    if (primitive.transpose === 'nonlinear') {
      throw new MissingRuleError(
        `transpose: a linear operation is required, got ${primitive.name}. Only derivatives and linear functions can be transposed.`,
      )
    }
    const rule = primitive.transpose
    const operands = eqn.inputs.map((a) => (isLinearAtom(a) ? new LinearOperand(a.aval) : valueOf(a)))
    const inCts = withSite(eqn.source, () => rule(outCts, operands, eqn.params, derive))
    if (inCts.length !== eqn.inputs.length)
      throw internal(
        `${primitive.name}: transpose gave ${inCts.length} cotangents for ${eqn.inputs.length} operands`,
      )
    eqn.inputs.forEach((a, i) => {
      collect(a, inCts[i])
    })
  }
  return graph.inputs.flatMap((v, i) => (args[i] === null ? [cotangents.get(v) ?? new Zero(v.aval)] : []))
}
