import { type Atom, type Eqn, type Graph, type Lit, newLit } from '../graph/graph.js'
import { internal } from '../ir/errors.js'
import { constant, type Expr } from '../ir/expr.js'
import { scalarOp } from '../ir/scalar.js'
import { rewrite } from './rewrite.js'

/**
 * Evaluates elementwise and movement operations on literals, with the arithmetic that every backend is
 * held to, so that NaN, ±Inf and −0 come out as they would at run time.
 */
export const constantFolding = (graph: Graph): Graph =>
  rewrite(graph, (eqn) => (eqn.inputs.length > 0 && eqn.inputs.every(isLit) ? fold(eqn, eqn.inputs) : null))

const isLit = (a: Atom): a is Lit => a.kind === 'lit'

const fold = (eqn: Eqn, inputs: readonly Atom[]): readonly Atom[] | null => {
  const literals = inputs.filter(isLit)
  const outs = eqn.outputs.map((v) => v.aval)
  const lowering = eqn.primitive.lower(
    literals.map((a) => a.aval),
    eqn.params,
    outs,
  )
  switch (lowering.kind) {
    case 'elementwise': {
      const values = lowering.values(literals.map((a) => constant(a.value, a.aval.dtype)))
      return outs.map((a, i) => newLit(evaluate(values[i]), a))
    }
    case 'move':
    case 'reshape':
      return [newLit(literals[0].value, outs[0])]
    default:
      return null
  }
}

/** The value of an expression without loads. */
const evaluate = (root: Expr): number => {
  const known = new Map<Expr, number>()
  const value = (e: Expr): number => {
    const memo = known.get(e)
    if (memo !== undefined) return memo
    const v = compute(e)
    known.set(e, v)
    return v
  }
  const compute = (e: Expr): number => {
    if (e.op === 'const') return e.value
    if (e.op !== 'apply') throw internal(`constant folding met ${e.op}`)
    const [a, b, c] = e.args.map(value)
    return scalarOp(e.fn, e.args[e.fn === 'select' ? 1 : 0].dtype, e.dtype)(a, b, c)
  }
  return value(root)
}
