import { bind } from '../graph/bind.js'
import { literalTensor } from '../graph/evaluate.js'
import type { Atom, Eqn, Graph, Var } from '../graph/graph.js'
import { Holdings } from '../graph/holdings.js'
import { lastUses } from '../graph/liveness.js'
import { type Derive, isLinear, isZero, LinearOperand, type Tangent, Zero } from '../graph/primitive.js'
import { withSite } from '../graph/sourceSite.js'
import type { Tensor } from '../graph/tensor.js'
import { internal, MissingRuleError } from '../ir/errors.js'
import { callP } from '../ops/control/call.js'
import { accumulate } from '../ops/elementwise/arithmetic.js'

/**
 * Runs a linear graph backwards, from cotangents of its outputs to cotangents of its linear inputs.
 * `args[i]` is the value of a nonlinear input, `null` marks a linear one. Equations without a linear
 * operand are evaluated first; then the linear ones are walked from the last to the first. `own` frees the
 * values that it holds after their last reader, and temporary values.
 */
export const transposeAt = (
  graph: Graph,
  args: readonly (Tensor | null)[],
  given: readonly Tangent[],
  derive: Derive,
  own = new Holdings(),
): readonly Tangent[] => {
  const values = new Map<Var, Tensor>()
  const cotangents = new Map<Var, Tensor>()
  graph.inputs.forEach((v, i) => {
    const value = args[i]
    if (value !== null) values.set(v, value)
  })
  const known = new Set(values.keys())
  const isLinearAtom = (a: Atom): boolean => a.kind === 'var' && !known.has(a)
  const valueOf = (a: Atom): Tensor => (a.kind === 'lit' ? literalTensor(a) : (values.get(a) as Tensor))
  const collect = (a: Atom, ct: Tangent | null | undefined): void => {
    if (a.kind === 'lit' || ct === null || ct === undefined || isZero(ct) || known.has(a)) return
    const sum = cotangents.get(a)
    const total = sum === undefined ? ct : accumulate(sum, ct)
    cotangents.set(a, total)
    own.count([total], 1)
    if (sum !== undefined) own.count([sum], -1)
  }

  const still: Eqn[] = []
  const linear: Eqn[] = []
  for (const eqn of graph.eqns) {
    if (eqn.inputs.some(isLinearAtom)) linear.push(eqn)
    else {
      still.push(eqn)
      for (const v of eqn.outputs) known.add(v)
    }
  }
  linear.reverse()
  const last = lastUses({ eqns: [...still, ...linear], outputs: [] })
  /** The values whose last reader is equation k. */
  const lastRead = (k: number): readonly Tensor[] => last[k].flatMap((v) => values.get(v) ?? [])

  still.forEach((eqn, k) => {
    const operands = eqn.inputs.map(valueOf)
    const outs = withSite(eqn.source, () =>
      own.step(eqn.params, operands, () => bind(eqn.primitive, operands, eqn.params)),
    )
    eqn.outputs.forEach((v, i) => {
      values.set(v, outs[i])
    })
    own.settle(outs, lastRead(k))
  })

  graph.outputs.forEach((a, i) => {
    collect(a, given[i])
  })
  linear.forEach((eqn, k) => {
    const outCts = eqn.outputs.map((v): Tangent => cotangents.get(v) ?? new Zero(v.aval))
    const cts = outCts.filter((t): t is Tensor => !isZero(t))
    for (const v of eqn.outputs) cotangents.delete(v)
    const over = [...lastRead(still.length + k), ...cts]
    if (cts.length === 0) {
      own.settle([], over)
      return
    }
    const { primitive } = eqn
    if (primitive.transpose === 'nonlinear') {
      throw new MissingRuleError(
        `transpose: a linear operation is required, got ${primitive.name}. Only derivatives and linear functions can be transposed.`,
      )
    }
    const rule = primitive.transpose
    const operands = eqn.inputs.map((a) => (isLinearAtom(a) ? new LinearOperand(a.aval) : valueOf(a)))
    const read = operands.filter((t): t is Tensor => !isLinear(t))
    const backwards = () => {
      const inCts = rule(outCts, operands, eqn.params, derive)
      if (inCts.length !== eqn.inputs.length)
        throw internal(
          `${primitive.name}: transpose gave ${inCts.length} cotangents for ${eqn.inputs.length} operands`,
        )
      eqn.inputs.forEach((a, i) => {
        collect(a, inCts[i])
      })
    }
    withSite(eqn.source, () =>
      own.step(eqn.params, [...read, ...cts], backwards, primitive === callP ? over : []),
    )
    own.settle([], over)
  })
  return graph.inputs.flatMap((v, i) => (args[i] === null ? [cotangents.get(v) ?? new Zero(v.aval)] : []))
}
