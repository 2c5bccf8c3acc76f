import { acc, apply, type Expr, elem, type Load } from '../../../graph/kernel/expr.js'
import type { Contract, Kernel } from '../../../graph/kernel/program.js'
import { movedExpr } from '../../../graph/kernel/rebuild.js'

/** A contraction as the kernel of a sum of products, for element types and sizes that need no panels. */
export const asReduction = (step: Contract): Kernel => {
  const { batch, m, n, k, lhs, rhs } = step
  const space = [...batch, ...m, ...n]
  const nest = [...space, ...k]
  const over = (own: 'lhs' | 'rhs', load: Load): Expr => {
    const free = own === 'lhs' ? m.length : n.length
    const skipped = own === 'lhs' ? 0 : m.length
    const axes = load.view.shape.map((_, axis) => {
      if (axis < batch.length) return axis
      if (axis < batch.length + free) return axis + skipped
      return axis - batch.length - free + space.length
    })
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
    ...(step.equations === undefined ? {} : { equations: step.equations }),
    space,
    reduction: {
      extents: k,
      init: [{ value: 0, dtype }],
      element: [apply('mul', [over('lhs', lhs), over('rhs', rhs)])],
      combine: [apply('add', [acc(0, dtype), elem(0, dtype)])],
    },
    outputs: step.outputs,
  }
}
