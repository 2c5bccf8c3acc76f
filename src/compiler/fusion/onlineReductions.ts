import { sameShape } from '../../ir/aval.js'
import { type DType, isFloat } from '../../ir/dtype.js'
import { acc, apply, type BufferId, constant, type Expr, elem } from '../../ir/expr.js'
import type { Kernel, Reduction } from '../../ir/program.js'
import { rebuilder } from '../../ir/rebuild.js'
import { singleOperation } from '../../ir/singleOperation.js'
import { exponentialsOf, greaterOf, meanOf, spreadOf } from '../../ir/statistics.js'
import { denseStrides } from '../../ir/view.js'
import { apart, type Joined, together } from './join.js'

/**
 * Two reductions of the same elements, of which the second reads the first's result, as one reduction over tuples:
 * Σ exp(x − max x), and Σ (x − mean x)². Both expressions must have been interned together.
 * @see https://arxiv.org/abs/1805.02867, algorithm 3, and Chan, Golub, LeVeque: Updating Formulae (1979), equation 2.1
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
  const reduction = { extents: a.extents, ...pattern.reduction(a.element, a.dtype) }
  return { _tag: 'joined', step: { ...first, ...named, reduction, outputs } }
}

/** What a reduction of one running value does, if it starts from that operation's identity. */
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
  reduction(element: Expr, dtype: DType): Omit<Reduction, 'extents'>
  /** The second sum. */
  result(shift: Expr, dtype: DType): Expr
}

const shiftWithin = (difference: Expr, minuend: Expr): Expr | null =>
  difference.op === 'apply' && difference.fn === 'sub' && difference.args[0] === minuend
    ? difference.args[1]
    : null

/** The maximum m and Σ exp(x − m). */
const exponentials: Pattern = {
  shiftOf: (second, first) =>
    second.op === 'apply' && second.fn === 'exp' ? shiftWithin(second.args[0], first) : null,
  reduction: (element, dtype) => ({
    init: [
      { value: Number.NEGATIVE_INFINITY, dtype },
      { value: 0, dtype },
    ],
    element: [element, constant(1, dtype)],
    combine: [greaterOf(0, dtype), exponentialsOf(0, 1, dtype)],
  }),
  result: (shift, dtype) =>
    apply('mul', [acc(1, dtype), apply('exp', [apply('sub', [acc(0, dtype), shift])])]),
}

/** The sum, the count n, and M = Σ (x − mean)². */
const squares: Pattern = {
  shiftOf: (second, first) =>
    second.op === 'apply' && second.fn === 'mul' && second.args[0] === second.args[1]
      ? shiftWithin(second.args[0], first)
      : null,
  reduction: (element, dtype) => ({
    init: [0, 0, 0].map((value) => ({ value, dtype })),
    element: [element, constant(1, dtype), constant(0, dtype)],
    combine: [
      apply('add', [acc(0, dtype), elem(0, dtype)]),
      apply('add', [acc(1, dtype), elem(1, dtype)]),
      spreadOf(0, 1, 2, dtype),
    ],
  }),
  result: (shift, dtype) => {
    const [sum, count, spread] = [acc(0, dtype), acc(1, dtype), acc(2, dtype)]
    const off = apply('sub', [meanOf(sum, count, dtype), shift])
    return apply('add', [spread, apply('mul', [count, apply('mul', [off, off])])])
  },
}
