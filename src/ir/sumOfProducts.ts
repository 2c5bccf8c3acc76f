import type { Shape } from './aval.js'
import { acc, apply, type Expr, elem, type Load } from './expr.js'
import { type Contract, type Kernel, spaceOf } from './program.js'
import { movedExpr } from './rebuild.js'

/** A contraction as the kernel of a sum of products, where no better way is at hand. */
export const sumOfProducts = (step: Contract): Kernel => {
  const { batch, m, n, k, lhs, rhs } = step
  const space = spaceOf(step)
  const nest = [...space, ...k]
  /** An operand over the nest, in which its own axes begin at `first`. */
  const operand = (load: Load, own: Shape, first: number): Expr => {
    const axes = [...batch.keys(), ...own.map((_, i) => first + i), ...k.map((_, i) => space.length + i)]
    return movedExpr(
      load,
      nest,
      axes.map((axis) => ({ axis, offset: 0, step: 1 })),
    )
  }
  const { dtype } = lhs
  return {
    kind: 'kernel',
    name: step.name,
    ...(step.lineage === undefined ? {} : { lineage: step.lineage }),
    space,
    reduction: {
      extents: k,
      init: [{ value: 0, dtype }],
      element: [apply('mul', [operand(lhs, m, batch.length), operand(rhs, n, batch.length + m.length)])],
      combine: [apply('add', [acc(0, dtype), elem(0, dtype)])],
    },
    outputs: step.outputs,
  }
}
