import type { Atom, Eqn, Graph, Var } from '../graph/graph.js'
import { sameAval, sameShape } from '../ir/aval.js'
import { isFloat } from '../ir/dtype.js'
import { rewrite } from './rewrite.js'

/** The operand (or the operand's operand) that an equation equals, if there is one. */
type Identity = (eqn: Eqn, definition: (a: Atom) => Eqn | undefined) => Atom | null

const isLiteral = (a: Atom, value: number): boolean => a.kind === 'lit' && Object.is(a.value, value)

/** x ∘ e = x for a right identity e of a float (`−0` for +), or of an integer. */
const rightIdentity =
  (float: number, integer: number): Identity =>
  ({ inputs: [x, y] }) =>
    isLiteral(y, isFloat(y.aval.dtype) ? float : integer) ? x : null

const eitherIdentity =
  (float: number, integer: number): Identity =>
  (eqn, definition) =>
    rightIdentity(float, integer)(eqn, definition) ??
    rightIdentity(float, integer)({ ...eqn, inputs: [eqn.inputs[1], eqn.inputs[0]] }, definition)

/** f(f(x)) = x. */
const involution: Identity = (eqn, definition) => {
  const inner = definition(eqn.inputs[0])
  return inner !== undefined &&
    inner.primitive.name === eqn.primitive.name &&
    JSON.stringify(inner.params) === JSON.stringify(eqn.params)
    ? inner.inputs[0]
    : null
}

const isIdentityOrder = (perm: readonly number[]): boolean => perm.every((p, i) => p === i)

const unchangedShape: Identity = ({ inputs: [x], outputs: [y] }) =>
  sameShape(x.aval.shape, y.aval.shape) ? x : null

/**
 * Identities that hold for every value: `x·1`, `x−0` and `x+(−0)`, but never `x·0`, `x−x` or `x+0` on
 * floats, which NaN, ±Inf and −0 would contradict.
 */
const identities: Readonly<Record<string, Identity>> = {
  add: eitherIdentity(-0, 0),
  sub: rightIdentity(0, 0),
  mul: eitherIdentity(1, 1),
  div: rightIdentity(1, 1),
  neg: involution,
  not: involution,
  rev: involution,
  reshape: unchangedShape,
  broadcastInDim: unchangedShape,
  transpose: (eqn) => {
    const { perm } = eqn.params as { readonly perm: readonly number[] }
    return isIdentityOrder(perm) ? eqn.inputs[0] : null
  },
  select: ({ inputs: [p, a, b] }) => (p.kind === 'lit' ? (p.value !== 0 ? a : b) : a === b ? a : null),
  convert: ({ inputs: [x] }) => x,
  stopGradient: ({ inputs: [x] }) => x,
}

/** Replaces operations that return an operand unchanged by that operand. */
export const simplify = (graph: Graph): Graph => {
  const definitions = new Map<Var, Eqn>()
  const definition = (a: Atom) => (a.kind === 'var' ? definitions.get(a) : undefined)
  return rewrite(graph, (eqn) => {
    for (const v of eqn.outputs) definitions.set(v, eqn)
    const value = identities[eqn.primitive.name]?.(eqn, definition) ?? null
    return value !== null && sameAval(value.aval, eqn.outputs[0].aval) ? [value] : null
  })
}
