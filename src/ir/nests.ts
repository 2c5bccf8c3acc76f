import type { Shape } from './aval.js'
import type { Expr } from './expr.js'
import { operandsFirst } from './nodes.js'
import { type Contract, type Kernel, spaceOf } from './program.js'

/** A step whose outputs are expressions at the points of a space. */
export type Nest = Kernel | Contract

/** The space of a nest's outputs. */
export const nestSpace = (step: Nest): Shape => (step.kind === 'kernel' ? step.space : spaceOf(step))

/** All expressions that a nest evaluates. */
export const rootsOf = (step: Nest): readonly Expr[] => {
  const values = step.outputs.map((o) => o.value)
  return step.kind === 'kernel'
    ? [...values, ...(step.reduction?.element ?? [])]
    : [step.lhs, step.rhs, ...values]
}

/** All nodes of a kernel, how its elements are combined included, operands first. */
export const kernelNodes = ({ reduction, outputs }: Kernel): readonly Expr[] =>
  operandsFirst([
    ...(reduction?.element ?? []),
    ...(reduction?.combine ?? []),
    ...outputs.map((o) => o.value),
  ])
