import { isFloat } from '../../ir/dtype.js'
import type { Expr } from '../../ir/expr.js'
import { rootsOf } from '../../ir/nests.js'
import { loadsOf } from '../../ir/nodes.js'
import type { Contract, Kernel } from '../../ir/program.js'
import { isComparison } from '../../ir/scalarFunctions.js'
import { type DeviceOp, isOnDevice } from './natives.js'

/** Integers up to here are exact as the device's numbers. */
export const exact = 2 ** 24

/** Array arguments of a kernel; drivers go wrong, silently, with more. */
const mostArguments = 15

/** The least and the greatest value of an integer expression. */
type Range = { readonly least: number; readonly most: number }

const unknown: Range = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY }

const isSmall = ({ least, most }: Range): boolean => least > -exact && most < exact

/** No further from 0 than a number of the range, or than 1. */
const magnitudeOf = ({ least, most }: Range): Range => {
  const furthest = Math.max(Math.abs(least), Math.abs(most), 1)
  return { least: -furthest, most: furthest }
}

/** Integer operations that are exact on devices where operands and result are small, by the range of the result. */
const rangeOf: { readonly [F in DeviceOp]?: (a: Range, b: Range, c: Range) => Range } = {
  add: (a, b) => ({ least: a.least + b.least, most: a.most + b.most }),
  sub: (a, b) => ({ least: a.least - b.most, most: a.most - b.least }),
  mul: (a, b) => {
    const ends = [a.least * b.least, a.least * b.most, a.most * b.least, a.most * b.most]
    return ends.some(Number.isNaN) ? unknown : { least: Math.min(...ends), most: Math.max(...ends) }
  },
  div: magnitudeOf,
  rem: magnitudeOf,
  max: (a, b) => ({ least: Math.max(a.least, b.least), most: Math.max(a.most, b.most) }),
  min: (a, b) => ({ least: Math.min(a.least, b.least), most: Math.min(a.most, b.most) }),
  neg: (a) => ({ least: -a.most, most: -a.least }),
  abs: magnitudeOf,
  sign: magnitudeOf,
  select: (_, b, c) => ({ least: Math.min(b.least, c.least), most: Math.max(b.most, c.most) }),
}

/** Whether an expression is one of its operands, whichever. */
const isChoice = (e: Expr): boolean =>
  e.op === 'apply' && (e.fn === 'select' || e.fn === 'max' || e.fn === 'min')

/** Why expressions cannot be evaluated on the device, where they cannot. */
export class Judge {
  readonly #ranges = new Map<Expr, Range>()
  readonly #reasons = new Map<Expr, string | null>()

  readonly #extents: readonly number[]

  constructor(extents: readonly number[]) {
    this.#extents = extents
  }

  /** The range of an integer or boolean expression. */
  range(e: Expr): Range {
    let found = this.#ranges.get(e)
    if (found === undefined) {
      found = e.dtype === 'bool' ? { least: 0, most: 1 } : this.#rangeOf(e)
      // negative numbers wrap around
      if (e.dtype === 'uint32' && found.least < 0) found = unknown
      this.#ranges.set(e, found)
    }
    return found
  }

  #rangeOf(e: Expr): Range {
    if (e.op === 'const') return { least: e.value, most: e.value }
    if (e.op === 'index') return { least: 0, most: Math.max(0, this.#extents[e.axis] - 1) }
    if (e.op !== 'apply') return unknown
    const [a, b = a, c = b] = e.args.map((arg) => this.range(arg))
    if (e.fn === 'convert') return isFloat(e.args[0].dtype) ? unknown : a
    return isOnDevice(e.fn) ? (rangeOf[e.fn]?.(a, b, c) ?? unknown) : unknown
  }

  /** Why not; `null`: it can. An integer may be rounded where `mayRound`: only its order to small ones matters. */
  reason(e: Expr, mayRound = false): string | null {
    if (!isFloat(e.dtype) && e.dtype !== 'bool') {
      const own = this.#integerReason(e, mayRound)
      if (own !== null) return own
    }
    const known = this.#reasons.get(e)
    if (known !== undefined) return known
    const found = this.#reasonOf(e)
    this.#reasons.set(e, found)
    return found
  }

  #integerReason(e: Expr, mayRound: boolean): string | null {
    if (isSmall(this.range(e))) return null
    if (!mayRound) return `an integer that may exceed 2²⁴`
    if (e.op === 'load' || isChoice(e)) return null
    return `an integer that may exceed 2²⁴`
  }

  #reasonOf(e: Expr): string | null {
    if (e.op === 'load') return first(e.dynamic.map((d) => this.reason(d.index, d.size < exact)))
    if (e.op !== 'apply') return null
    const from = e.args[e.fn === 'select' ? 1 : 0].dtype
    const integers = !isFloat(from) && from !== 'bool'
    if (e.fn === 'bitcast') return 'bit patterns'
    if (e.fn === 'convert') {
      if (e.dtype === 'uint32' && !isSmall(this.range(e))) return 'an integer that may exceed 2²⁴'
      return this.reason(e.args[0], isFloat(e.dtype) || e.dtype === 'bool')
    }
    if (isComparison(e.fn)) {
      const small = e.args.some((a) => isFloat(a.dtype) || isSmall(this.range(a)))
      return first(e.args.map((a) => this.reason(a, small)))
    }
    if (!isOnDevice(e.fn)) return integers ? `${e.fn} of integers` : e.fn
    if (integers && rangeOf[e.fn] === undefined) return `${e.fn} of integers`
    return first(e.args.map((a) => this.reason(a, isChoice(e))))
  }
}

const first = (reasons: readonly (string | null)[]): string | null => reasons.find((r) => r !== null) ?? null

/** Why a kernel or a contraction has to run on the host; `null`: it runs on the device. */
export const whyOnHost = (step: Kernel | Contract): string | null => {
  const roots = rootsOf(step)
  const arrays = new Set(loadsOf(roots).map((l) => l.buffer)).size
  const needed = step.kind === 'contract' ? 8 + arrays - 2 : arrays
  // one more for the numbers that have no literal
  if (needed + 1 > mostArguments) return `${arrays} arrays at once`
  if (step.outputs.length > 8) return `${step.outputs.length} results at once`
  return whyInexact(step)
}

/** Why a kernel or a contraction would be wrong in the device's numbers, whatever it can read and write at once. */
export const whyInexact = (step: Kernel | Contract): string | null => {
  if (step.kind === 'contract') {
    if (step.lhs.dtype !== 'float32') return `a contraction of ${step.lhs.dtype}`
    const judge = new Judge([...step.batch, ...step.m, ...step.n])
    return first(step.outputs.map((o) => judge.reason(o.value)))
  }
  const extents = step.reduction?.extents ?? []
  const judge = new Judge([...step.space, ...extents])
  const { reduction } = step
  if (reduction !== null) {
    const inexact = reduction.init.find(({ dtype }) => dtype === 'int32' || dtype === 'uint32')
    if (inexact !== undefined && !isPosition(reduction.combine, judge, reduction.element))
      return `a reduction of ${inexact.dtype}`
    const found = first(
      [...reduction.element, ...reduction.combine.filter((e) => isFloat(e.dtype) || e.dtype === 'bool')].map(
        (e) => judge.reason(e, true),
      ),
    )
    if (found !== null) return found
    return first(step.outputs.map((o) => (o.value.op === 'acc' ? null : judge.reason(o.value, true))))
  }
  return first(step.outputs.map((o) => judge.reason(o.value)))
}

/** Whether integers of a reduction are only chosen among, and small: the places of extrema. */
const isPosition = (combine: readonly Expr[], judge: Judge, element: readonly Expr[]): boolean =>
  combine.every((e, slot) => {
    if (isFloat(e.dtype) || e.dtype === 'bool') return true
    return isChoice(e) && isSmall(judge.range(element[slot]))
  })
