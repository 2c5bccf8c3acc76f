import { get } from '../../../src/functions/numpy/indexing.js'
import { bind } from '../../../src/graph/bind.js'
import type { Lowering } from '../../../src/graph/lowering.js'
import {
  type AnyPrimitive,
  type Batched,
  type BatchRule,
  isZero,
  type OperandJvp,
  type Tangent,
  type TransposeRule,
  type WholeJvp,
  Zero,
} from '../../../src/graph/primitive.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import { type Aval, aval } from '../../../src/ir/aval.js'
import type { DType } from '../../../src/ir/dtype.js'
import { apply, type Expr } from '../../../src/ir/expr.js'
import { mul, neg } from '../../../src/ops/elementwise/arithmetic.js'
import { withBatchAxis } from '../../../src/ops/movement/batching.js'
import { rev } from '../../../src/ops/movement/rev.js'
import { instantiate } from '../../../src/ops/rules/rules.js'

/** The fields of a primitive that are rules. */
const ruleFields = ['abstractEval', 'jvp', 'linearize', 'transpose', 'batch', 'lower'] as const
type RuleField = (typeof ruleFields)[number]

/** A primitive with one rule replaced by a wrong one. */
export type Mutant = {
  readonly primitive: AnyPrimitive
  readonly field: RuleField
  readonly change: string
  readonly rule: AnyPrimitive[RuleField]
}

type Rules = Readonly<Record<string, AnyPrimitive[RuleField]>>

/** Changes of a derivative. */
const changes: Readonly<Record<string, (t: Tensor) => Tangent>> = {
  negated: neg,
  doubled: (t) => mul(t, 2),
  dropped: (t) => new Zero(t.aval),
}

const changed = (t: Tangent, change: (t: Tensor) => Tangent): Tangent => (isZero(t) ? t : change(t))

/** The last that is not zero, changed. */
const lastChanged = <T extends Tangent | null>(
  ts: readonly T[],
  change: (t: Tensor) => Tangent,
): readonly (T | Tangent)[] => {
  const at = ts.map((t) => t !== null && !isZero(t)).lastIndexOf(true)
  return ts.map((t, i) => (i === at ? change(t as Tensor) : t))
}

const named = <T>(
  over: Readonly<Record<string, T>>,
  prefix: string,
  make: (x: T) => AnyPrimitive[RuleField],
): Rules => Object.fromEntries(Object.entries(over).map(([name, x]) => [`${prefix} ${name}`, make(x)]))

const wholeRules = (rule: WholeJvp<object>): Rules =>
  named(changes, 'the last tangent', (change) => ({
    whole: (
      primals: readonly Tensor[],
      tangents: readonly Tangent[],
      params: object,
      derive: Parameters<typeof rule>[3],
    ) => {
      const result = rule(primals, tangents, params, derive)
      return { outs: result.outs, tangents: lastChanged(result.tangents, change) }
    },
  }))

const operandRules = (rules: readonly (OperandJvp<object> | null)[]): Rules =>
  Object.assign(
    {},
    ...rules.map((rule, i) => {
      if (rule === null) return {}
      const replaced = (other: OperandJvp<object> | null) => rules.map((r, j) => (j === i ? other : r))
      const part =
        (change: (t: Tensor) => Tensor): OperandJvp<object> =>
        (dx, primals, out, params) =>
          change(rule(dx, primals, out, params))
      const own: Rules = {
        [`the tangent of operand ${i} negated`]: replaced(part(neg)),
        [`the tangent of operand ${i} doubled`]: replaced(part((t) => mul(t, 2))),
        [`the tangent of operand ${i} dropped`]: replaced(null),
      }
      // a rule that takes the tangent alone reads no primals
      return rules.length < 2 || rule.length < 2
        ? own
        : {
            ...own,
            [`the primals exchanged for operand ${i}`]: replaced((dx, primals, out, params) =>
              rule(dx, [...primals].reverse(), out, params),
            ),
          }
    }),
  )

const jvpRules = (p: AnyPrimitive): Rules => {
  if (p.jvp === 'zero') return {}
  if (p.jvp === 'linear') {
    return named(changes, 'the tangent', (change) => ({
      whole: (primals: readonly Tensor[], tangents: readonly Tangent[], params: object) => ({
        outs: bind(p, primals, params),
        tangents: bind(p, tangents.map(instantiate), params).map((t) => changed(t, change)),
      }),
    }))
  }
  return 'whole' in p.jvp ? wholeRules(p.jvp.whole) : operandRules(p.jvp)
}

const transposeRules = (rule: TransposeRule<object>): Rules =>
  named(
    changes,
    'the last cotangent',
    (change): TransposeRule<object> =>
      (...args) =>
        lastChanged(rule(...args), change),
  )

const batchRules = (p: AnyPrimitive): Rules => {
  const { batch } = p
  const rule: BatchRule<object> =
    batch === 'elementwise'
      ? (size, xs, batched, params) => {
          const outs = bind(
            p,
            xs.map((x, i) => withBatchAxis(size, x, batched[i])),
            params,
          )
          return { outs, batched: outs.map(() => true) }
        }
      : batch
  const after =
    (change: (b: Batched) => Batched): BatchRule<object> =>
    (...args) =>
      change(rule(...args))
  return {
    'the lanes of the results reversed': after(({ outs, batched }) => ({
      outs: outs.map((o, i) => (batched[i] ? rev(o, [0]) : o)),
      batched,
    })),
    'the results of the first lane taken for all': after(({ outs, batched }) => ({
      outs: outs.map((o, i) => (batched[i] && o.shape[0] > 0 ? get(o, 0) : o)),
      batched: outs.map((o, i) => batched[i] && o.shape[0] === 0),
    })),
    'the lanes of one operand reversed': (size, xs, batched, params, derive) => {
      const at = batched.indexOf(true)
      return rule(
        size,
        xs.map((x, i) => (i === at ? rev(x, [0]) : x)),
        batched,
        params,
        derive,
      )
    },
  }
}

const otherDType: Readonly<Record<DType, DType>> = {
  float32: 'float64',
  float64: 'float32',
  int32: 'uint32',
  uint32: 'int32',
  bool: 'int32',
}

const shapeRules = ({ abstractEval }: AnyPrimitive): Rules => {
  const after =
    (change: (a: Aval) => Aval): AnyPrimitive['abstractEval'] =>
    (avals, params) =>
      abstractEval(avals, params).map(change)
  return {
    'the shape reversed': after((a) => aval([...a.shape].reverse(), a.dtype, a.weakType)),
    'another dtype': after((a) => aval(a.shape, otherDType[a.dtype], a.weakType)),
    'one axis more': after((a) => aval([...a.shape, 1], a.dtype, a.weakType)),
  }
}

const opposite = (e: Expr): Expr => apply(e.dtype === 'bool' ? 'not' : 'neg', [e])

/** What is the same with its operands exchanged. */
const commutative = ['add', 'mul', 'max', 'min', 'and', 'or', 'xor', 'eq', 'ne']

/** Wrong versions of a lowering; by the kind there are others. */
const wrongLowerings = (name: string): Readonly<Record<string, (l: Lowering) => Lowering>> => ({
  'the values negated': (l) => {
    switch (l.kind) {
      case 'elementwise':
        return { ...l, values: (args) => l.values(args).map(opposite) }
      case 'indexed':
        return { ...l, value: (...args) => opposite(l.value(...args)) }
      case 'reduce':
      case 'reduceWindows':
        return { ...l, values: (reduced) => l.values(reduced).map(opposite) }
      default:
        return l
    }
  },
  'the last operands exchanged': (l) =>
    l.kind === 'elementwise' && !commutative.includes(name)
      ? { ...l, values: (args) => l.values([...args.slice(0, -2), ...args.slice(-2).reverse()]) }
      : l,
  'an axis read backwards': (l) => {
    if (l.kind !== 'move') return l
    const at = l.axes.findIndex(({ axis }) => axis !== null && l.shape[axis] > 1)
    return {
      ...l,
      axes: l.axes.map((m, i) =>
        i === at && m.axis !== null
          ? { ...m, offset: m.offset + m.step * (l.shape[m.axis] - 1), step: -m.step }
          : m,
      ),
    }
  },
  'both ends exchanged': (l) => (l.kind === 'pad' ? { ...l, low: l.high, high: l.low } : l),
  'the other way': (l) => {
    if (l.kind === 'loop') return { ...l, reverse: !l.reverse }
    if (l.kind === 'branch') return { ...l, branches: [...l.branches].reverse() }
    if (l.kind === 'host' && l.call.routine === 'cumulative')
      return { ...l, call: { ...l.call, reverse: !l.call.reverse } }
    if (l.kind === 'host' && l.call.routine === 'scatter')
      return { ...l, call: { ...l.call, combine: l.call.combine === 'add' ? 'max' : 'add' } }
    return l
  },
})

/** The kinds of lowering that each wrong one is about. */
const kindsOf: Readonly<Record<string, readonly Lowering['kind'][]>> = {
  'the values negated': ['elementwise', 'indexed', 'reduce', 'reduceWindows'],
  'the last operands exchanged': ['elementwise'],
  'an axis read backwards': ['move'],
  'both ends exchanged': ['pad'],
  'the other way': ['loop', 'branch', 'host'],
}

const lowerRules = ({ name, lower }: AnyPrimitive, kind: Lowering | null, operands: number): Rules =>
  Object.fromEntries(
    Object.entries(wrongLowerings(name)).flatMap(([change, wrong]) => {
      if (kind === null || !kindsOf[change].includes(kind.kind) || wrong(kind) === kind) return []
      if (change === 'the last operands exchanged' && operands < 2) return []
      const rule: AnyPrimitive['lower'] = (avals, params, outputs) => wrong(lower(avals, params, outputs))
      return [[change, rule]]
    }),
  )

/** An application of a primitive, for instance: how it lowers, its operands, and the mode that it has derivatives in. */
export type Example = {
  readonly lowering: Lowering | null
  readonly operands: number
  readonly only: 'forward' | 'reverse' | undefined
}

/** All wrong versions of a primitive's rules; those that refuse, whatever they are given, have none. */
export const mutantsOf = (p: AnyPrimitive, example: Example): readonly Mutant[] => {
  const rules: Readonly<Record<RuleField, Rules>> = {
    abstractEval: shapeRules(p),
    jvp: example.only === 'reverse' ? {} : jvpRules(p),
    linearize: p.linearize === 'fromJvp' ? {} : wholeRules(p.linearize.whole),
    transpose: p.transpose === 'nonlinear' ? {} : transposeRules(p.transpose),
    batch: example.operands === 0 ? {} : batchRules(p),
    lower: lowerRules(p, example.lowering, example.operands),
  }
  return ruleFields.flatMap((field) =>
    Object.entries(rules[field]).map(([change, rule]) => ({ primitive: p, field, change, rule })),
  )
}
