import { bind } from '../graph/bind.js'
import type { Graph } from '../graph/graph.js'
import { definePrimitive, type Tangent } from '../graph/primitive.js'
import { HostRef } from '../graph/structuralKey.js'
import type { Tensor } from '../graph/tensor.js'
import { trace } from '../graph/trace.js'
import { evalApart } from './call.js'
import { batchedFunction, refuseDifferentiatedCaptures } from './hostRule.js'
import { instantiate } from './rules.js'

/** `(arguments, tangents) → (results, tangents)`, flat. */
export type JvpFunction = (
  primals: readonly Tensor[],
  tangents: readonly Tensor[],
) => { readonly outs: readonly Tensor[]; readonly tangents: readonly Tensor[] }

export type CustomJvpParams = {
  readonly name: string
  readonly graph: Graph
  /** How many leading inputs are captured values, which the rule does not see. */
  readonly captures: number
  readonly rule: HostRef<JvpFunction>
}

/** A function with a forward rule of the user's; without derivatives it is the function's own graph. */
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
    // The rule is traced first: a call in it that takes primals and tangents would make primal results linear.
    whole: (primals, tangents, { name, captures, rule }) => {
      refuseDifferentiatedCaptures(name, tangents, captures)
      const args = [...primals.slice(captures), ...tangents.slice(captures).map(instantiate)]
      const flat = (xs: readonly Tensor[]): readonly Tensor[] => {
        const result = rule.call(xs.slice(0, xs.length / 2), xs.slice(xs.length / 2))
        return [...result.outs, ...result.tangents]
      }
      const traced = trace(
        name,
        args.map((t) => t.aval),
        flat,
        args,
      )
      const all = evalApart(traced.graph, [...traced.captures, ...args])
      return { outs: all.slice(0, all.length / 2), tangents: all.slice(all.length / 2) }
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
