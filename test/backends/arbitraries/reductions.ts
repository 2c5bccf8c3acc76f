import type { Shape } from '../../../src/ir/aval.js'
import type { DType } from '../../../src/ir/dtype.js'
import {
  acc,
  apply,
  compare,
  constant,
  type Expr,
  elem,
  type ScalarOp,
  select,
} from '../../../src/ir/expr.js'
import type { Reduction } from '../../../src/ir/program.js'
import { sumExp, variance } from '../../../src/ir/statistics.js'
import { type Draw, oneOf } from './draw.js'

/** A reduction of any values of the dtypes that it takes. */
export type Join = Pick<Reduction, 'init' | 'combine' | 'statistics'> & {
  readonly takes: readonly DType[]
  /** The element made of the values; they themselves, if left out. */
  readonly element?: (values: readonly Expr[]) => readonly Expr[]
}

const single = (fn: ScalarOp, dtype: DType, value: number): Join => ({
  takes: [dtype],
  init: [{ value, dtype }],
  combine: [apply(fn, [acc(0, dtype), elem(0, dtype)])],
})

const inf = Number.POSITIVE_INFINITY

/**
 * A float product of factors below one: where a part of it overflows before a zero comes, the order of multiplication
 * decides between 0 and NaN, and no order is the right one.
 */
const product: Join = {
  ...single('mul', 'float32', 1),
  element: ([x]) => [apply('mul', [x, constant(1 / 16, 'float32')])],
}

export const singleJoins: readonly Join[] = [
  single('add', 'float32', 0),
  single('add', 'float64', 0),
  single('add', 'int32', 0),
  single('add', 'uint32', 5),
  product,
  single('mul', 'int32', 1),
  single('mul', 'uint32', 1),
  single('max', 'float32', -inf),
  single('max', 'int32', -0x80000000),
  single('min', 'float64', inf),
  single('min', 'uint32', 0xffffffff),
  single('and', 'bool', 1),
  single('or', 'bool', 0),
  single('or', 'uint32', 0),
  single('add', 'float32', 3),
]

const [a0, e0] = [acc(0, 'float32'), elem(0, 'float32')]
const [a1, e1] = [acc(1, 'int32'), elem(1, 'int32')]

/** The greatest value and the first place of it. */
export const argmax: Join = {
  takes: ['float32', 'int32'],
  init: [
    { value: -inf, dtype: 'float32' },
    { value: 0x7fffffff, dtype: 'int32' },
  ],
  combine: (() => {
    const earlier = apply('and', [compare('eq', a0, e0), compare('lt', a1, e1)])
    const keep = apply('or', [compare('gt', a0, e0), earlier])
    return [select(keep, a0, e0), select(keep, a1, e1)]
  })(),
}

/** The first and the last element: the order of joining shows. */
export const ends: Join = {
  takes: ['int32', 'int32', 'bool'],
  init: [
    { value: 0, dtype: 'int32' },
    { value: 0, dtype: 'int32' },
    { value: 0, dtype: 'bool' },
  ],
  combine: (() => {
    const [some, other] = [acc(2, 'bool'), elem(2, 'bool')]
    return [
      select(some, acc(0, 'int32'), elem(0, 'int32')),
      select(other, elem(1, 'int32'), acc(1, 'int32')),
      apply('or', [some, other]),
    ]
  })(),
}

const f64 = (slot: number): readonly [Expr, Expr] => [acc(slot, 'float64'), elem(slot, 'float64')]

/**
 * Count, mean and sum of squared differences.
 * @see https://en.wikipedia.org/wiki/Algorithms_for_calculating_variance#Parallel_algorithm
 */
export const welford: Join = {
  takes: ['float64'],
  element: ([x]) => [constant(1, 'float64'), x, constant(0, 'float64')],
  init: [0, 0, 0].map((value) => ({ value, dtype: 'float64' as const })),
  combine: (() => {
    const [[n, m], [mean, other], [spread, more]] = [f64(0), f64(1), f64(2)]
    const total = apply('add', [n, m])
    const share = apply('div', [m, apply('max', [total, constant(1, 'float64')])])
    const delta = apply('sub', [other, mean])
    const between = apply('mul', [apply('mul', [delta, delta]), apply('mul', [n, share])])
    return [
      total,
      apply('add', [mean, apply('mul', [delta, share])]),
      apply('add', [apply('add', [spread, more]), between]),
    ]
  })(),
}

const statistic = (made: (extents: Shape, x: Expr) => Reduction): Join => {
  const { init, combine, statistics } = made([], constant(0, 'float64'))
  return { takes: ['float64'], init, combine, statistics, element: ([x]) => made([], x).element }
}

/** What scheduling makes of a softmax and of a variance. */
export const statisticJoins: readonly Join[] = [statistic(sumExp), statistic(variance)]

/** Any reduction over `extents`, with elements from `candidates`. */
export const reduction = (
  g: Draw,
  extents: Shape,
  candidates: readonly Expr[],
  joins: readonly Join[],
): Reduction => {
  const { takes, element, init, combine, statistics } = oneOf(g, joins)
  const values = takes.map((dtype) => {
    const fitting = candidates.filter((e) => e.dtype === dtype)
    return fitting.length > 0 ? oneOf(g, fitting) : constant(1, dtype)
  })
  return { extents, init, element: element?.(values) ?? values, combine, statistics }
}
