import { type DType, isFloat } from '../../ir/dtype.js'
import { internal } from '../../ir/errors.js'
import type { BufferId, Expr, Load } from '../../ir/expr.js'
import { nodesOf } from '../../ir/nodes.js'
import { type DeviceOp, isOnDevice, type VectorFunction } from './natives.js'
import { insideOf, type Points, plus, times } from './points.js'

/** Numbers that have no literal, in the texel of an array that kernels get for them. */
const special = (value: number): number => {
  if (Number.isNaN(value)) return 2
  if (value === Number.POSITIVE_INFINITY) return 0
  if (value === Number.NEGATIVE_INFINITY) return 1
  return Object.is(value, -0) ? 3 : -1
}
export const specialNumbers: readonly number[] = [
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
  -0,
]

/** A float literal; the device's compilers take no integer for one. */
const literal = (value: number): string => {
  const text = String(Math.fround(value))
  return /[.e]/.test(text) ? text : `${text}.0`
}

/** An integer expression as a float. */
export const asNumber = (e: string): string => (/^-?\d+$/.test(e) ? `${e}.0` : `asNumber(${e})`)

/** The array arguments of one kernel, in the order of first use. */
export class Arguments {
  /** A buffer each, or the special numbers. */
  readonly used: (BufferId | 'special')[] = []

  name(of: BufferId | 'special'): string {
    let at = this.used.indexOf(of)
    if (at < 0) at = this.used.push(of) - 1
    return `b${at}`
  }
}

/** Prints expressions as statements, a vector of four lanes each. */
export class ExpressionSource {
  readonly lines: string[] = []
  readonly #names = new Map<Expr, string>()

  readonly #points: Points
  readonly #args: Arguments
  /** Where the reduced values, and the elements that join, are. */
  readonly #slots: { readonly acc: readonly string[]; readonly elem: readonly string[] }
  /** Numbers names within one kernel. */
  readonly #prefix: string

  constructor(
    points: Points,
    args: Arguments,
    slots: { readonly acc: readonly string[]; readonly elem: readonly string[] },
    prefix: string,
  ) {
    this.#points = points
    this.#args = args
    this.#slots = slots
    this.#prefix = prefix
  }

  /** The name of the expression's value. */
  print(e: Expr): string {
    const known = this.#names.get(e)
    if (known !== undefined) return known
    const name = this.#printNew(e)
    this.#names.set(e, name)
    return name
  }

  #define(value: string): string {
    const name = `${this.#prefix}${this.lines.length}`
    this.lines.push(`const ${name} = ${value};`)
    return name
  }

  #printNew(e: Expr): string {
    switch (e.op) {
      case 'const':
        return this.#define(this.#constant(e.value))
      case 'index':
        return this.#define(this.#perLane((lane) => asNumber(this.#points.index(e.axis, lane))))
      case 'acc':
      case 'elem':
        return this.#slots[e.op][e.slot]
      case 'apply': {
        const args = e.args.map((a) => this.print(a))
        return this.#define(`${functionOf(e)}(${args.join(', ')})`)
      }
      case 'load':
        return this.#define(this.#load(e))
    }
  }

  #constant(value: number): string {
    const place = special(value)
    if (place < 0) return `splat4(${literal(value)})`
    return `splat4(pick(${this.#args.name('special')}[0][0], ${place}))`
  }

  #perLane(value: (lane: number) => string): string {
    return `lanes4(${[0, 1, 2, 3].map(value).join(', ')})`
  }

  /** Whether a combination of the indices differs between lanes. */
  #isVaried(coefs: readonly number[]): boolean {
    return coefs.some((c, axis) => c !== 0 && this.#points.extents[axis] > 1 && !this.#points.isShared(axis))
  }

  /** Whether an expression has one value for all lanes. */
  #isShared(root: Expr): boolean {
    return [...nodesOf([root])].every((e) => {
      if (e.op === 'acc' || e.op === 'elem') return false
      if (e.op === 'index') return this.#points.extents[e.axis] <= 1 || this.#points.isShared(e.axis)
      if (e.op !== 'load') return true
      return ![e.view.strides, ...e.view.guards.map((g) => g.coefs)].some((c) => this.#isVaried(c))
    })
  }

  #load(e: Load): string {
    const { view, dynamic } = e
    const { vectorAxis, vectorTexel, extents } = this.#points
    const indices = dynamic.map((d) => this.print(d.index))
    const array = this.#args.name(e.buffer)
    const strideOf = (axis: number) => (extents[axis] === 1 ? 0 : view.strides[axis])
    const guards = view.guards
    const guardsVary = guards.some((g) => this.#isVaried(g.coefs))
    const address = (lane: number): string =>
      plus([
        String(view.offset),
        ...extents.map((_, axis) =>
          strideOf(axis) === 0 ? '0' : times(this.#points.index(axis, lane), strideOf(axis)),
        ),
        ...dynamic.map((d, k) => `clampIndex(${indices[k]}[${lane}], ${d.size})*${d.stride}`),
      ])
    const at = (lane: number): string => {
      const place = address(lane)
      return /^-?\d+$/.test(place)
        ? `pick(${array}[0][${Math.floor(Number(place) / 4)}], ${Number(place) % 4})`
        : `pick(${array}[0][idiv(${place},4)], imod(${place},4))`
    }
    const outer = extents.flatMap((_, axis) => (axis === vectorAxis ? [] : [strideOf(axis)]))
    const isOneIndex = dynamic.every((d) => this.#isShared(d.index))
    const isVector =
      vectorAxis !== null &&
      isOneIndex &&
      strideOf(vectorAxis) === 1 &&
      [view.offset, ...outer, ...dynamic.map((d) => d.stride)].every((s) => s % 4 === 0)
    const isUniform =
      isOneIndex && extents.every((_, axis) => strideOf(axis) === 0 || this.#points.isShared(axis))
    const value = isVector
      ? `${array}[0][${plus([
          String(view.offset / 4),
          ...extents.map((_, axis) =>
            axis === vectorAxis
              ? vectorTexel
              : strideOf(axis) === 0
                ? '0'
                : times(this.#points.index(axis, 0), strideOf(axis) / 4),
          ),
          ...dynamic.map((d, k) => `clampIndex(${indices[k]}[0], ${d.size})*${d.stride / 4}`),
        ])}]`
      : isUniform
        ? `splat4(${at(0)})`
        : this.#perLane(at)
    if (guards.length === 0) return value
    const inside = (lane: number): string =>
      guards
        .map((g) => {
          const place = plus([
            String(g.offset),
            ...g.coefs.map((c, axis) =>
              c === 0 || extents[axis] === 1 ? '0' : times(this.#points.index(axis, lane), c),
            ),
          ])
          return insideOf(place, g.size)
        })
        .join('*')
    const mask = guardsVary ? this.#perLane(inside) : `splat4(${inside(0)})`
    const loaded = this.#define(value)
    return `select4(${mask}, ${loaded}, ${this.#constant(e.fill)})`
  }
}

const wholeOps: { readonly [F in DeviceOp]?: VectorFunction } = { div: 'wholeDiv4', rem: 'wholeRem4' }

/** The function of an operation on values of its operands' dtypes. */
const functionOf = (e: Extract<Expr, { op: 'apply' }>): VectorFunction => {
  const from = e.args[0].dtype
  if (e.fn === 'convert') return conversion(from, e.dtype)
  if (!isOnDevice(e.fn)) throw internal(`gpujs: ${e.fn} has no function on the device`)
  const isWhole = from !== 'bool' && !isFloat(from)
  return (isWhole ? wholeOps[e.fn] : undefined) ?? `${e.fn}4`
}

const conversion = (from: DType, to: DType): VectorFunction => {
  if (to === 'bool') return 'toBool4'
  if (to === 'int32' && isFloat(from)) return 'toInt4'
  if (to === 'uint32' && isFloat(from)) throw internal('gpujs: a float is made a uint32 on the device')
  return 'same4'
}
