import { type DType, isFloat } from '../../../ir/dtype.js'
import type { BinaryOp, Expr } from '../../../ir/expr.js'
import { singleOperation, slotsOf } from '../../../ir/nodes.js'
import type { Reduction } from '../../../ir/program.js'
import type { Local } from '../assembler/value.js'
import { f32x4, f64x2, i8x16, v128 } from '../assembler/vectors.js'
import { constantLanes, type LaneCode, type Lanes, uniform, type Vector } from '../vector/lanes.js'
import { firstLane, firstLaneOf, pointsPerRegister } from './elementAccess.js'
import type { Evaluator } from './evaluator.js'
import type { Scope } from './scope.js'

const least: { readonly [dtype in DType]: number } = {
  float32: Number.NEGATIVE_INFINITY,
  float64: Number.NEGATIVE_INFINITY,
  int32: -0x80000000,
  uint32: 0,
  bool: 0,
}

const most: { readonly [dtype in DType]: number } = {
  float32: Number.POSITIVE_INFINITY,
  float64: Number.POSITIVE_INFINITY,
  int32: 0x7fffffff,
  uint32: 0xffffffff,
  bool: 1,
}

const identity = (fn: BinaryOp | null, dtype: DType): number | null => {
  switch (fn) {
    case 'add':
    case 'or':
    case 'xor':
      return 0
    case 'mul':
      return 1
    case 'max':
      return least[dtype]
    case 'min':
      return most[dtype]
    case 'and':
      return dtype === 'bool' ? 1 : dtype === 'int32' ? -1 : 0xffffffff
    default:
      return null
  }
}

type Running = { readonly dtype: DType; readonly registers: readonly Vector[] }

type Slot = Running & {
  /** The value that each part begins with. */
  readonly start: number
  /** The initial value, which joins at the end, where it is not the one that parts begin with. */
  readonly init: number | null
  readonly registers: readonly Local<'v128'>[]
  /** Sums of earlier blocks, in float64; a block's own sum is a short one. */
  readonly wide: readonly Local<'v128'>[] | null
  readonly extreme: Extreme | null
}

/** The greatest or the least of floats. Instructions that give NaN where there is one are long, so these are noted apart. */
type Extreme = {
  /** The first one, if the second is NaN. */
  readonly of: typeof f32x4.pmax
  readonly isUnequal: typeof f32x4.ne
  /** Masks: where there was a NaN. */
  readonly nan: readonly Local<'v128'>[]
}

/** Whether the running values of a slot are looked at by other slots, as those of an arg max are. */
const isReadByOthers = (combine: readonly Expr[], slot: number): boolean =>
  slotsOf(combine.filter((_, other) => other !== slot)).has(slot)

const extremeOf = (fn: BinaryOp | null, dtype: DType, nan: () => Extreme['nan']): Extreme | null => {
  if ((fn !== 'max' && fn !== 'min') || !isFloat(dtype)) return null
  const of = dtype === 'float64' ? f64x2 : f32x4
  return { of: fn === 'max' ? of.pmax : of.pmin, isUnequal: of.ne, nan: nan() }
}

/** The running values of a reduction, in registers: of one point, of several points, or of parts of the elements of one. */
export class Accumulators {
  readonly #slots: readonly Slot[]

  readonly #code: LaneCode
  readonly #evaluator: Evaluator
  readonly #reduction: Reduction
  readonly #width: number
  readonly #isAlong: boolean

  /** `width`: registers of four lanes; 0: one value in all lanes. `isAlong`: lanes are parts of one point's elements. */
  constructor(
    code: LaneCode,
    evaluator: Evaluator,
    reduction: Reduction,
    width: number,
    isAlong: boolean,
    /** Whether sums of floats are added up block by block. */
    inBlocks: boolean,
  ) {
    this.#code = code
    this.#evaluator = evaluator
    this.#reduction = reduction
    this.#width = width
    this.#isAlong = isAlong

    const { body } = code
    this.#slots = reduction.init.map(({ dtype, value }, slot) => {
      const fn = singleOperation(reduction.combine, slot)
      const start = identity(fn, dtype) ?? value
      const count = Math.max(1, (width * 4) / pointsPerRegister(dtype))
      const variables = (n: number, v: Vector) => Array.from({ length: n }, () => body.variable(v))
      const isWide = inBlocks && fn === 'add' && isFloat(dtype)
      return {
        dtype,
        start,
        init: Object.is(start, value) ? null : value,
        registers: variables(count, constantLanes(dtype, start).registers[0]),
        wide: isWide ? variables(width === 0 ? 1 : isAlong ? 2 : 2 * width, f64x2.const(0, 0)) : null,
        extreme: isReadByOthers(reduction.combine, slot)
          ? null
          : extremeOf(fn, dtype, () => variables(count, f64x2.const(0, 0))),
      }
    })
  }

  /** NaN where there was one. */
  #withNaN({ registers, extreme }: Slot): readonly Vector[] {
    if (extreme === null) return registers
    return registers.map((v, q) => this.#code.let(v128.or(v, extreme.nan[q])))
  }

  #lanes({ dtype, registers }: Running, width: number): Lanes {
    if (this.#width === 0) return uniform(registers[0])
    return { isUniform: false, registers: registers.slice(0, (width * 4) / pointsPerRegister(dtype)) }
  }

  #combined(
    acc: readonly Lanes[],
    elem: readonly Lanes[],
    combine = this.#reduction.combine,
  ): readonly Lanes[] {
    const scope: Scope = {
      movings: new Map(),
      values: new Map(),
      terms: new Map(),
      width: 0,
      isInside: false,
    }
    return this.#evaluator.values(scope, combine, { acc, elem })
  }

  /** Joins an element: at the points of a scope; or, along the elements, at `width` registers of them, or one. */
  join(elem: readonly Lanes[], width: number): void {
    const { body } = this.#code
    const isOne = this.#isAlong && width === 0 && this.#width > 0
    const count = (slot: Slot): number => (isOne ? 1 : this.#lanes(slot, width).registers.length)
    const ordinary = this.#slots.flatMap((s, i) => (s.extreme === null ? [i] : []))
    const next = this.#combined(
      this.#slots.map((s) => this.#lanes(s, isOne ? 1 : width)),
      elem,
      ordinary.map((i) => this.#reduction.combine[i]),
    )
    ordinary.forEach((i, at) => {
      const slot = this.#slots[i]
      for (let q = 0; q < count(slot); q++) {
        const value = registerOf(next[at], q)
        const old = slot.registers[q]
        body.set(old, isOne ? v128.bitselect(value, old, firstLane(slot.dtype)) : value)
      }
    })
    this.#slots.forEach((slot, i) => {
      if (slot.extreme === null) return
      const { of, isUnequal, nan } = slot.extreme
      // one element in all lanes does no harm: they are parts of one point's
      for (let q = 0; q < count(slot); q++) {
        const value = registerOf(elem[i], q)
        body.set(slot.registers[q], of(slot.registers[q], value))
        body.set(nan[q], v128.or(nan[q], isUnequal(value, value)))
      }
    })
  }

  /** Adds running sums to those of earlier blocks. */
  flush(): void {
    const { body } = this.#code
    for (const slot of this.#slots) {
      if (slot.wide === null) continue
      const { wide } = slot
      this.#inFloat64(slot).registers.forEach((v, i) => {
        body.set(wide[i], f64x2.add(wide[i], v))
      })
      for (const r of slot.registers) body.set(r, constantLanes(slot.dtype, slot.start).registers[0])
    }
  }

  /** Running sums of a block; parts of one point's as one register of four lanes. */
  #inFloat64({ dtype, registers }: Slot): Lanes {
    const added = (own: readonly Vector[], add: typeof f32x4.add): Vector => this.#code.let(own.reduce(add))
    const isWide = dtype === 'float64'
    if (this.#width === 0) return isWide ? uniform(registers[0]) : this.#code.promote(uniform(registers[0]))
    if (isWide) {
      const half = (which: number): Vector =>
        added(
          registers.filter((_, i) => i % 2 === which),
          f64x2.add,
        )
      return { isUniform: false, registers: this.#isAlong ? [half(0), half(1)] : registers }
    }
    const narrow = this.#isAlong ? [added(registers, f32x4.add)] : registers
    return this.#code.promote({ isUniform: false, registers: narrow })
  }

  /** The reduced values: of one point in all lanes, or of several points. */
  finish(): readonly Lanes[] {
    const code = this.#code
    const ended = this.#slots.map((s) => ({ dtype: s.dtype, registers: this.#withNaN(s) }))
    const joined =
      this.#isAlong && this.#width > 0
        ? this.#acrossLanes(ended)
        : ended.map((s) => this.#lanes(s, this.#width))
    const totals = this.#slots.map((slot, i): Lanes => {
      if (slot.wide === null) return joined[i]
      const total = this.#total(slot.wide)
      return slot.dtype === 'float64' ? total : code.demote(total)
    })
    const withInit = this.#combined(
      this.#slots.map((s) => constantLanes(s.dtype, s.init ?? s.start)),
      totals,
    )
    return this.#slots.map((slot, i) => (slot.init === null ? totals[i] : withInit[i]))
  }

  #total(wide: readonly Local<'v128'>[]): Lanes {
    if (this.#width === 0) return uniform(wide[0])
    if (!this.#isAlong) return { isUniform: false, registers: wide }
    const sum = this.#code.let(f64x2.add(wide[0], wide[1]))
    return uniform(this.#code.let(f64x2.add(sum, i8x16.shuffle(sum, sum, turned(8)))))
  }

  /** Joins the parts that lanes and registers hold. */
  #acrossLanes(ended: readonly Running[]): readonly Lanes[] {
    const code = this.#code
    let parts = ended.map((s) => this.#lanes(s, 1))
    for (let group = 1; group < this.#width; group++)
      parts = [
        ...this.#combined(
          parts,
          ended.map((s) => {
            const per = 4 / pointsPerRegister(s.dtype)
            return { isUniform: false, registers: s.registers.slice(group * per, (group + 1) * per) }
          }),
        ),
      ]
    for (const distance of [2, 1])
      parts = [
        ...this.#combined(
          parts,
          parts.map((p, i) => rotated(code, this.#slots[i].dtype, p, distance)),
        ),
      ]
    return parts.map((p, i) => uniform(code.let(firstLaneOf(this.#slots[i].dtype, p.registers[0]))))
  }
}

const registerOf = ({ isUniform, registers }: Lanes, at: number): Vector => registers[isUniform ? 0 : at]

const turned = (bytes: number): readonly number[] => Array.from({ length: 16 }, (_, i) => (i + bytes) % 16)

/** Four lanes moved on by some places. */
const rotated = (code: LaneCode, dtype: DType, x: Lanes, distance: number): Lanes => {
  if (x.isUniform) return x
  if (dtype !== 'float64') return code.map((v) => i8x16.shuffle(v, v, turned(4 * distance)), x)
  if (distance === 2) return { isUniform: false, registers: [x.registers[1], x.registers[0]] }
  return code.map((v) => i8x16.shuffle(v, v, turned(8)), x)
}
