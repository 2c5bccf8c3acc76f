import { bind } from '../../graph/bind.js'
import type { Graph } from '../../graph/graph.js'
import {
  type Derive,
  type Differentiated,
  definePrimitive,
  isZero,
  type Tangent,
} from '../../graph/primitive.js'
import { HostRef } from '../../graph/structuralKey.js'
import type { Tensor } from '../../graph/tensor.js'
import { trace } from '../../graph/trace.js'
import { instantiate, zerosLike } from '../rules/rules.js'
import { nonzeroOf } from './graphRules.js'
import { batchedFunction, refuseDifferentiatedCaptures } from './hostRule.js'
import { linearizedAt } from './linearizedAt.js'

/** `(arguments, tangents) → (results, tangents)`, flat. */
export type JvpFunction = (
  primals: readonly Tensor[],
  tangents: readonly Tensor[],
) => { readonly outs: readonly Tensor[]; readonly tangents: readonly Tensor[] }

export type CustomJvpParams = {
  readonly name: string
  readonly graph: Graph
  /** The number of leading inputs that are captured values, which the rule does not see. */
  readonly captures: number
  readonly rule: HostRef<JvpFunction>
}

/**
 * The rule is linear in the tangents, so it is its own derivative by them, at zero as anywhere else. Linearized there, it
 * comes apart into primal work and a linear part, whatever loops and calls mix the two.
 */
const linearizeRule = (
  primals: readonly Tensor[],
  tangents: readonly Tangent[],
  { name, rule }: CustomJvpParams,
  derive: Derive,
): Differentiated => {
  const avals = primals.map((t) => t.aval)
  const { graph, captures } = trace(
    name,
    [...avals, ...avals],
    (xs) => {
      const result = rule.call(xs.slice(0, avals.length), xs.slice(avals.length))
      return [...result.outs, ...result.tangents]
    },
    [...primals, ...primals.map(() => null)],
  )
  const count = graph.outputs.length / 2
  const moving = tangents.map((t) => !isZero(t))
  const still = [...captures, ...primals].map(() => false)
  const inputs = [...captures, ...primals, ...primals.map(zerosLike)]
  const { outs, push } = linearizedAt(graph, inputs, [...still, ...moving], derive, count)
  return { outs, tangents: push(nonzeroOf(tangents)).slice(count) }
}

/** A function with the user's forward rule; without derivatives it is the function's own graph. */
export const customJvpP = definePrimitive<CustomJvpParams>({
  name: 'customJvp',
  abstractEval: (_avals, { graph }) => graph.outputs.map((a) => a.aval),
  jvp: {
    whole: (
      primals,
      tangents,
      { name, captures, rule },
    ): { outs: readonly Tensor[]; tangents: readonly Tangent[] } => {
      refuseDifferentiatedCaptures(name, tangents, captures)
      return rule.call(primals.slice(captures), tangents.slice(captures).map(instantiate))
    },
  },
  linearize: {
    whole: (primals, tangents, p, derive) => {
      refuseDifferentiatedCaptures(p.name, tangents, p.captures)
      return linearizeRule(primals.slice(p.captures), tangents.slice(p.captures), p, derive)
    },
  },
  transpose: 'nonlinear',
  batch: (size, xs, batched, p, derive) => {
    const derived = derive.batch(p.graph, size, batched, 'all')
    const own = batched.slice(p.captures)
    const rule: JvpFunction = (primals, tangents) => {
      const count = derived.graph.outputs.length
      const flat = (args: readonly Tensor[]) => {
        const result = p.rule.call(args.slice(0, own.length), args.slice(own.length))
        return [...result.outs, ...result.tangents]
      }
      const all = batchedFunction(p.name, flat, size, [...own, ...own], derive)([...primals, ...tangents])
      return { outs: all.slice(0, count), tangents: all.slice(count) }
    }
    const outs = bindCustomJvp(xs, { ...p, graph: derived.graph, rule: new HostRef(p.rule.name, rule) })
    return { outs, batched: derived.batched }
  },
  lower: (_avals, { graph }) => ({ kind: 'inline', graph }),
})

export const bindCustomJvp = (inputs: readonly Tensor[], params: CustomJvpParams): readonly Tensor[] =>
  bind(customJvpP, inputs, params)
