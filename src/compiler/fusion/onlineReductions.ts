import { type Shape, sameShape } from '../../ir/aval.js'
import { type DType, isFloat } from '../../ir/dtype.js'
import { acc, apply, type BufferId, type Expr } from '../../ir/expr.js'
import { singleOperation } from '../../ir/nodes.js'
import type { Kernel, Reduction } from '../../ir/program.js'
import { rebuilder } from '../../ir/rebuild.js'
import { meanOf, sumExp, variance } from '../../ir/statistics.js'
import { denseStrides } from '../../ir/view.js'
import { apart, type Joined, together } from './join.js'

/**
 * Two reductions of the same elements, where the second reads the first's result, as one reduction over tuples:
 * Σ exp(x − max x), and Σ (x − mean x)². Both expressions must have been interned together.
 */
export const reducedTogether = (
  first: Kernel,
  second: Kernel,
  isNeeded: (b: BufferId) => boolean,
): Joined => {
  const [a, b] = [single(first), single(second)]
  if (a === null || b === null || b.fn !== 'add') return apart('the next kernel reduces it')
  const same = sameShape(first.space, second.space) && sameShape(a.extents, b.extents)
  if (!same || !isFloat(a.dtype)) return apart('the next kernel reduces over other axes')
  const pattern = a.fn === 'max' ? exponentials : a.fn === 'add' ? squares : null
  const shift = pattern?.shiftOf(b.element, a.element) ?? null
  const final = shift === null ? null : shiftAtEnd(shift, first)
  if (pattern === null || final === null)
    return apart('the next kernel reduces something else that depends on it')
  const replaced = rebuilder((e) => (e.op === 'acc' ? pattern.result(final, a.dtype) : undefined))
  const outputs = [
    ...first.outputs.filter((o) => isNeeded(o.buffer)),
    ...second.outputs.map((o) => ({ ...o, value: replaced(o.value) as Expr })),
  ]
  const named = together(first, second)
  const reduction = pattern.reduction(a.extents, a.element)
  return { _tag: 'joined', step: { ...first, ...named, reduction, outputs } }
}

/** The operation of a reduction with one running value, if it starts from the operation's identity. */
const single = ({ reduction }: Kernel) => {
  if (reduction === null || reduction.init.length !== 1) return null
  const [{ value, dtype }] = reduction.init
  const fn = singleOperation(reduction.combine, 0)
  const identity = fn === 'add' ? 0 : fn === 'max' ? Number.NEGATIVE_INFINITY : null
  if (identity !== value) return null
  return { fn, dtype, element: reduction.element[0], extents: reduction.extents }
}

/** A shift that is the same along the reduced axes, as an expression of the first reduction's running values. */
const shiftAtEnd = (shift: Expr, first: Kernel): Expr | null => {
  const strides = [...denseStrides(first.space), ...(first.reduction?.extents ?? []).map(() => 0)]
  const values = new Map(first.outputs.map((o) => [o.buffer, o.value]))
  return rebuilder((e) => {
    if (e.op === 'index') return null
    if (e.op !== 'load') return undefined
    const { shape, offset, guards } = e.view
    const follows = strides.every((s, i) => shape[i] === 1 || e.view.strides[i] === s)
    if (!follows || offset !== 0 || guards.length > 0 || e.dynamic.length > 0) return null
    return values.get(e.buffer) ?? null
  })(shift)
}

type Pattern = {
  /** The shift by which the second element follows from the first. */
  shiftOf(second: Expr, first: Expr): Expr | null
  reduction(extents: Shape, x: Expr): Reduction
  /** The second sum. */
  result(shift: Expr, dtype: DType): Expr
}

const shiftWithin = (difference: Expr, minuend: Expr): Expr | null =>
  difference.op === 'apply' && difference.fn === 'sub' && difference.args[0] === minuend
    ? difference.args[1]
    : null

const exponentials: Pattern = {
  shiftOf: (second, first) =>
    second.op === 'apply' && second.fn === 'exp' ? shiftWithin(second.args[0], first) : null,
  reduction: sumExp,
  result: (shift, dtype) =>
    apply('mul', [acc(1, dtype), apply('exp', [apply('sub', [acc(0, dtype), shift])])]),
}

const squares: Pattern = {
  shiftOf: (second, first) =>
    second.op === 'apply' && second.fn === 'mul' && second.args[0] === second.args[1]
      ? shiftWithin(second.args[0], first)
      : null,
  reduction: variance,
  result: (shift, dtype) => {
    const [sum, count, spread] = [acc(0, dtype), acc(1, dtype), acc(2, dtype)]
    const off = apply('sub', [meanOf(sum, count, dtype), shift])
    return apply('add', [spread, apply('mul', [count, apply('mul', [off, off])])])
  },
}
