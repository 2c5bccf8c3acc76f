import { bind } from '../graph/bind.js'
import { interpret, knownOutputs, literalTensor } from '../graph/evaluate.js'
import type { Graph, Var } from '../graph/graph.js'
import { Holdings } from '../graph/holdings.js'
import {
  type AnyPrimitive,
  type Derive,
  type Differentiated,
  isZero,
  type Tangent,
  Zero,
} from '../graph/primitive.js'
import type { Tensor } from '../graph/tensor.js'
import { sameShape } from '../ir/aval.js'
import { isFloat } from '../ir/dtype.js'
import { internal } from '../ir/errors.js'
import { accumulate } from '../ops/elementwise/arithmetic.js'
import { instantiate } from '../ops/rules/rules.js'

/** A value and its tangent. */
export type Dual = { readonly primal: Tensor; readonly tangent: Tangent }

/** The rule to use: plain forward mode, or tangents kept free of primal work. */
export type JvpMode = 'jvp' | 'linearize'

/** Outputs of one operation with their tangents. `known` holds outputs that are already computed. */
const jvpOf = (
  mode: JvpMode,
  primitive: AnyPrimitive,
  params: object,
  primals: readonly Tensor[],
  tangents: readonly Tangent[],
  derive: Derive,
  known: readonly Tensor[] | null,
): Differentiated => {
  const outs = () => known ?? bind(primitive, primals, params)
  const zeros = (ys: readonly Tensor[]) => ({ outs: ys, tangents: ys.map((y) => new Zero(y.aval)) })
  const rule = primitive.jvp
  if (rule === 'zero' || tangents.every(isZero)) return zeros(outs())
  if (mode === 'linearize' && primitive.linearize !== 'fromJvp')
    return primitive.linearize.whole(primals, tangents, params, derive)
  if (rule === 'linear') return { outs: outs(), tangents: bind(primitive, tangents.map(instantiate), params) }
  if ('whole' in rule) return rule.whole(primals, tangents, params, derive)
  const ys = outs()
  const y = ys[0]
  if (ys.length !== 1) throw internal(`${primitive.name}: rules by operand need one output`)
  if (!isFloat(y.dtype)) return zeros(ys)
  const terms = tangents.flatMap((t, i) => {
    const term = rule[i]
    return isZero(t) || term === null || term === undefined ? [] : [term(t, primals, y, params)]
  })
  return { outs: ys, tangents: [terms.length === 0 ? new Zero(y.aval) : terms.reduce(accumulate)] }
}

/** Interprets a graph with every value carrying its tangent; `own` frees those that are no longer read. */
export const jvpInterpret = (
  mode: JvpMode,
  graph: Graph,
  args: readonly Dual[],
  derive: Derive,
  known?: ReadonlyMap<Var, Tensor>,
  own = new Holdings(),
): readonly Dual[] =>
  interpret<Dual>(
    graph,
    args,
    (a) => ({ primal: literalTensor(a), tangent: new Zero(a.aval) }),
    (eqn, inputs) => {
      const primals = inputs.map((d) => d.primal)
      const { outs, tangents } = own.step(eqn.params, primals, () =>
        jvpOf(
          mode,
          eqn.primitive,
          eqn.params,
          primals,
          inputs.map((d) => d.tangent),
          derive,
          knownOutputs(eqn, known),
        ),
      )
      return outs.map((primal, i) => {
        const tangent = tangents[i]
        if (!isZero(tangent) && (!sameShape(tangent.shape, primal.shape) || tangent.dtype !== primal.dtype)) {
          throw internal(
            `${eqn.primitive.name}: tangent ${tangent.dtype}[${tangent.shape}] of ${primal.dtype}[${primal.shape}]`,
          )
        }
        return { primal, tangent }
      })
    },
    (bound, dropped) => own.settle(bound.flatMap(tensorsOf), dropped.flatMap(tensorsOf)),
  )

const tensorsOf = ({ primal, tangent }: Dual): readonly Tensor[] =>
  isZero(tangent) ? [primal] : [primal, tangent]
