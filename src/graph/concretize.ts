import { formatAval } from '../ir/aval.js'
import { ConcretizationError } from '../ir/errors.js'
import { execute } from './bind.js'
import { type Builder, requireLive, suspended } from './builder.js'
import type { Atom, Eqn, Var } from './graph.js'
import { axesOf } from './namedAxes.js'
import { Concrete, splat, type Tensor, type Tracer } from './tensor.js'

type Task = { readonly builder: Builder; readonly variable: Var }

/**
 * The value of a tensor. A tracer's is computed from the equations it depends on, if none of them depends
 * on an abstract input. Computed values are kept for later calls and for `grad`'s own evaluation.
 * @throws ConcretizationError where it depends on an argument of `jit`, or a mapped one of `vmap`
 */
export const concretize = (t: Tensor): Concrete => {
  if (t instanceof Concrete) return t
  const root = t as Tracer
  requireLive(root)
  const tasks: Task[] = [{ builder: root.builder, variable: root.variable }]
  while (tasks.length > 0) {
    const task = tasks[tasks.length - 1]
    const missing = advance(task, root)
    if (missing.length === 0) tasks.pop()
    else tasks.push(...missing)
  }
  return root.builder.memo.get(root.variable) as Concrete
}

/** Computes a task's value, or returns the tasks that it needs first. */
const advance = ({ builder, variable }: Task, root: Tracer): readonly Task[] => {
  if (builder.memo.has(variable)) return []
  const outer = builder.bindings.get(variable)
  if (outer !== undefined) {
    const value = known(outer)
    if (value === null) return [{ builder: (outer as Tracer).builder, variable: (outer as Tracer).variable }]
    builder.memo.set(variable, value)
    return []
  }
  const eqn = builder.definitions.get(variable)
  if (eqn === undefined || eqn.effects.length > 0 || axesOf(eqn.params).size > 0)
    throw abstractValue(root, builder)
  const missing = eqn.inputs.flatMap((a) =>
    a.kind === 'var' && !builder.memo.has(a) ? [{ builder, variable: a }] : [],
  )
  if (missing.length > 0) return missing
  compute(builder, eqn)
  return []
}

const known = (t: Tensor): Concrete | null =>
  t instanceof Concrete
    ? t
    : (((t as Tracer).builder.memo.get((t as Tracer).variable) as Concrete | undefined) ?? null)

const compute = (builder: Builder, eqn: Eqn): void => {
  const value = (a: Atom): Tensor =>
    a.kind === 'lit' ? splat(a.value, a.aval) : (builder.memo.get(a) as Tensor)
  const outs = suspended(() =>
    execute(
      eqn.primitive,
      eqn.inputs.map(value),
      eqn.params,
      eqn.outputs.map((v) => v.aval),
    ),
  )
  eqn.outputs.forEach((v, i) => {
    builder.memo.set(v, outs[i])
  })
}

const abstractValue = (root: Tracer, builder: Builder): ConcretizationError =>
  new ConcretizationError(
    `item: a concrete value is required, got tracer ${formatAval(root.aval)}, which depends on an argument of ${builder.name}. Use where, cond or scan instead of JS control flow, or name the argument in staticArgs.`,
  )
