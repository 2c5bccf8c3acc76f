import { bind } from '../../graph/bind.js'
import type { Graph } from '../../graph/graph.js'
import { definePrimitive, isLinear, isZero, type Primitive } from '../../graph/primitive.js'
import { HostRef } from '../../graph/structuralKey.js'
import type { Tensor } from '../../graph/tensor.js'
import type { Aval } from '../../ir/aval.js'
import { GradError, MissingRuleError } from '../../ir/errors.js'
import { withBatchAxis } from '../movement/batching.js'
import { reduceSum } from '../reductions/reduceSum.js'
import { instantiate, spreadTangents } from '../rules/rules.js'
import { batchedFunction, refuseDifferentiatedCaptures } from './hostRule.js'

/** `arguments → (results, residuals)`, flat. */
export type ForwardFunction = (primals: readonly Tensor[]) => {
  readonly outs: readonly Tensor[]
  readonly residuals: readonly Tensor[]
}

/** `(residuals, cotangents of results) → cotangents of arguments`, flat. */
export type BackwardFunction = (residuals: readonly Tensor[], cts: readonly Tensor[]) => readonly Tensor[]

export type CustomVjpParams = {
  readonly name: string
  readonly graph: Graph
  /** The number of leading inputs that are captured values, which the rules do not see. */
  readonly captures: number
  readonly forward: HostRef<ForwardFunction>
  readonly backward: HostRef<BackwardFunction>
}

const reverseOnly = (name: string): GradError =>
  new GradError(
    `jvp: a forward rule is required, got ${name}, which has a reverse rule only (customVjp). Use customJvp, or reverse mode alone.`,
  )

/** A function with the user's reverse rule; without derivatives it is the function's own graph. */
export const customVjpP = definePrimitive<CustomVjpParams>({
  name: 'customVjp',
  abstractEval: (_avals, { graph }) => graph.outputs.map((a) => a.aval),
  jvp: {
    whole: (_primals, _tangents, { name }) => {
      throw reverseOnly(name)
    },
  },
  linearize: {
    whole: (primals, tangents, { name, graph, captures, forward, backward }) => {
      refuseDifferentiatedCaptures(name, tangents, captures)
      const { outs, residuals } = forward.call(primals.slice(captures))
      const own = tangents.slice(captures)
      const outAvals = graph.outputs.map((a) => a.aval)
      const params = {
        name,
        backward,
        residuals: residuals.length,
        moving: own.map((t) => !isZero(t)),
        outAvals,
      }
      const moving = bind(
        customVjpLinearP,
        [...residuals, ...own.filter((t): t is Tensor => !isZero(t))],
        params,
      )
      return {
        outs,
        tangents: spreadTangents(
          graph.outputs,
          outAvals.map(() => true),
          moving,
        ),
      }
    },
  },
  transpose: 'nonlinear',
  batch: (size, xs, batched, p, derive) => {
    const derived = derive.batch(p.graph, size, batched, 'all')
    const own = batched.slice(p.captures)
    const count = derived.graph.outputs.length
    const forward: ForwardFunction = (primals) => {
      const flat = (args: readonly Tensor[]) => {
        const result = p.forward.call(args)
        return [...result.outs, ...result.residuals]
      }
      const all = batchedFunction(p.name, flat, size, own, derive)(primals)
      return { outs: all.slice(0, count), residuals: all.slice(count) }
    }
    const backward: BackwardFunction = (residuals, cts) => {
      const flat = (args: readonly Tensor[]) =>
        p.backward.call(args.slice(0, residuals.length), args.slice(residuals.length))
      const all = [...residuals, ...cts]
      const grads = batchedFunction(
        p.name,
        flat,
        size,
        all.map(() => true),
        derive,
      )(all)
      return grads.map((g, i) => (own[i] ? g : reduceSum(g, [0])))
    }
    const outs = bindCustomVjp(xs, {
      ...p,
      graph: derived.graph,
      forward: new HostRef(p.forward.name, forward),
      backward: new HostRef(p.backward.name, backward),
    })
    return { outs, batched: derived.batched }
  },
  lower: (_avals, { graph }) => ({ kind: 'inline', graph }),
})

export const bindCustomVjp = (inputs: readonly Tensor[], params: CustomVjpParams): readonly Tensor[] =>
  bind(customVjpP, inputs, params)

export type CustomVjpLinearParams = {
  readonly name: string
  readonly backward: HostRef<BackwardFunction>
  readonly residuals: number
  /** The mask of arguments that have a tangent among the operands. */
  readonly moving: readonly boolean[]
  readonly outAvals: readonly Aval[]
}

/**
 * The derivative of a customVjp function, whose transpose alone is known.
 * Operands: residuals, then tangents of the arguments that have one.
 */
export const customVjpLinearP: Primitive<CustomVjpLinearParams> = definePrimitive<CustomVjpLinearParams>({
  name: 'customVjpLinear',
  abstractEval: (_avals, { outAvals }) => outAvals,
  jvp: {
    whole: (_primals, _tangents, { name }) => {
      throw reverseOnly(name)
    },
  },
  linearize: 'fromJvp',
  transpose: (cts, operands, { backward, residuals, moving }) => {
    const values = operands.slice(0, residuals).filter((o): o is Tensor => !isLinear(o))
    const grads = backward.call(values, cts.map(instantiate))
    return [...operands.slice(0, residuals).map(() => null), ...grads.filter((_, i) => moving[i])]
  },
  batch: (size, xs, batched, p, derive) => {
    const own = batched.slice(0, p.residuals)
    const backward: BackwardFunction = (residuals, cts) => {
      const flat = (args: readonly Tensor[]) =>
        p.backward.call(args.slice(0, own.length), args.slice(own.length))
      const mask = [...own, ...cts.map(() => true)]
      return batchedFunction(p.name, flat, size, mask, derive)([...residuals, ...cts])
    }
    const operands = xs.map((x, i) => (i < p.residuals ? x : withBatchAxis(size, x, batched[i])))
    const outAvals = p.outAvals.map((a) => ({ ...a, shape: [size, ...a.shape] }))
    const outs = bind(customVjpLinearP, operands, {
      ...p,
      outAvals,
      backward: new HostRef(p.backward.name, backward),
    })
    return { outs, batched: outs.map(() => true) }
  },
  lower: (_avals, { name }) => {
    throw new MissingRuleError(
      `linearize: a derivative that can be evaluated forwards is required, got that of ${name} (customVjp). Use vjp or grad.`,
    )
  },
})
