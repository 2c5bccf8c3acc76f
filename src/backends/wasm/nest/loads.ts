import { byteSize } from '../../../ir/dtype.js'
import type { DynamicIndex, Load } from '../../../ir/expr.js'
import { i32 } from '../assembler/scalars.js'
import type { Value } from '../assembler/value.js'
import { i32x4 } from '../assembler/vectors.js'
import { constantLanes, type LaneCode, type Lanes, uniform, type Vector } from '../vector/lanes.js'
import { displaced, loadLane, loadRegister, loadSplat, pointsPerRegister } from './elementAccess.js'
import type { MovingLoad } from './frame.js'
import type { Scope } from './scope.js'

type Condition = Value<'i32'>

const both = (a: Condition | null, b: Condition): Condition => (a === null ? b : i32.and(a, b))

/** A computed part of the address at each point, in bytes: `clamp(index, 0, size − 1) · stride`. */
const termLanes = (
  code: LaneCode,
  load: Load,
  { index, size, stride }: DynamicIndex,
  lanes: Lanes,
): Lanes => {
  const most = constantLanes('int32', size - 1)
  const clamped =
    index.dtype === 'uint32'
      ? code.map(i32x4.minU, lanes, most)
      : code.map(
          (v, zero, top) => i32x4.minS(i32x4.maxS(v, zero), top),
          lanes,
          constantLanes('int32', 0),
          most,
        )
  return code.map(i32x4.mul, clamped, constantLanes('int32', stride * byteSize(load.dtype)))
}

/** The part as a number, where it is the same at all points. */
export const termOf = (
  code: LaneCode,
  scope: Scope,
  load: Load,
  d: DynamicIndex,
  lanes: Lanes,
): Value<'i32'> => {
  const known = scope.terms.get(d)
  if (known !== undefined) return known
  const term = code.body.let(i32x4.extractLane(termLanes(code, load, d, lanes).registers[0], 0))
  scope.terms.set(d, term)
  return term
}

/** Writes one load at the points of a scope. */
export class LoadWriter {
  readonly #moving: MovingLoad

  readonly #code: LaneCode
  readonly #scope: Scope
  readonly #load: Load
  readonly #vectorAxis: number
  /** The lanes of computed indices. */
  readonly #indices: readonly Lanes[]

  constructor(
    code: LaneCode,
    scope: Scope,
    load: Load,
    moving: MovingLoad,
    vectorAxis: number,
    indices: readonly Lanes[],
  ) {
    this.#code = code
    this.#scope = scope
    this.#load = load
    this.#vectorAxis = vectorAxis
    this.#indices = indices

    this.#moving = scope.isInside ? { ...moving, guards: [] } : moving
  }

  #place(moving: MovingLoad['address']): Value<'i32'> {
    return this.#scope.movings.get(moving) as Value<'i32'>
  }

  get #step(): number {
    return this.#moving.address.coefs[this.#vectorAxis]
  }

  #address(): Value<'i32'> {
    const [load, code, scope] = [this.#load, this.#code, this.#scope] as const
    const terms = load.dynamic.flatMap((d, i) =>
      this.#indices[i].isUniform ? [termOf(code, scope, load, d, this.#indices[i])] : [],
    )
    const start = this.#place(this.#moving.address)
    return terms.length === 0 ? start : code.body.let(terms.reduce<Value<'i32'>>(i32.add, start))
  }

  /** The same element at all points. */
  uniform(): Lanes {
    const [code, load] = [this.#code, this.#load] as const
    const address = this.#address()
    const inside = this.#moving.guards.reduce<Condition | null>(
      (all, g) => both(all, i32.ltU(this.#place(g.coordinate), i32.const(g.size))),
      null,
    )
    if (inside === null) return uniform(code.let(loadSplat(load.dtype, [address, 0])))
    const result = code.body.variable(constantLanes(load.dtype, load.fill).registers[0])
    code.body.if(inside, () => code.body.set(result, loadSplat(load.dtype, [address, 0])))
    return uniform(result)
  }

  /** An element a point. */
  varying(): Lanes {
    const [code, load, scope] = [this.#code, this.#load, this.#scope] as const
    const offsets = load.dynamic.flatMap((d, i) =>
      this.#indices[i].isUniform ? [] : [termLanes(code, load, d, this.#indices[i])],
    )
    const address = this.#address()
    const offset = offsets.length === 0 ? null : offsets.reduce((a, b) => code.map(i32x4.add, a, b))
    const per = pointsPerRegister(load.dtype)
    const registers = Array.from({ length: (scope.width * 4) / per }, (_, q) =>
      this.#moving.guards.length === 0
        ? this.#register(address, offset, q * per)
        : this.#guarded(address, offset, q * per),
    )
    return { isUniform: false, registers }
  }

  /** Where the element of a point is. */
  #at(address: Value<'i32'>, offset: Lanes | null, point: number): readonly [Value<'i32'>, number] {
    const wraps = this.#moving.guards.length > 0
    const [base, more] = displaced(address, point * this.#step, wraps)
    if (offset === null) return more === 0 ? [this.#code.body.let(base), 0] : [base, more]
    const computed = i32x4.extractLane(offset.registers[point >> 2], point & 3)
    return [this.#code.body.let(i32.add(i32.add(address, i32.const(point * this.#step)), computed)), 0]
  }

  /** The elements of the register that begins with a point. */
  #register(address: Value<'i32'>, offset: Lanes | null, first: number): Vector {
    const [code, load, step] = [this.#code, this.#load, this.#step] as const
    if (offset === null && step === byteSize(load.dtype))
      return code.let(loadRegister(load.dtype, this.#at(address, offset, first)))
    let result = code.let(loadSplat(load.dtype, this.#at(address, offset, first)))
    if (offset === null && step === 0) return result
    for (let lane = 1; lane < pointsPerRegister(load.dtype); lane++)
      result = code.let(loadLane(load.dtype, this.#at(address, offset, first + lane), result, lane))
    return result
  }

  #guarded(address: Value<'i32'>, offset: Lanes | null, first: number): Vector {
    const [code, load, moving, vectorAxis] = [this.#code, this.#load, this.#moving, this.#vectorAxis] as const
    const { body } = code
    const last = pointsPerRegister(load.dtype) - 1
    const fill = constantLanes(load.dtype, load.fill).registers[0]
    const result = body.variable(fill)
    const still = moving.guards.filter((g) => g.coordinate.coefs[vectorAxis] === 0)
    const moves = moving.guards.filter((g) => g.coordinate.coefs[vectorAxis] !== 0)
    const insideAt = (point: number): Condition | null =>
      moves.reduce<Condition | null>((all, g) => {
        const on = i32.const(point * g.coordinate.coefs[vectorAxis])
        return both(all, i32.ltU(i32.add(this.#place(g.coordinate), on), i32.const(g.size)))
      }, null)
    const whole = () => body.set(result, this.#register(address, offset, first))
    const lanes = () => {
      for (let lane = 0; lane <= last; lane++)
        body.if(insideAt(first + lane) as Condition, () =>
          body.set(result, loadLane(load.dtype, this.#at(address, offset, first + lane), result, lane)),
        )
    }
    const inner = () => {
      const ends = insideAt(first)
      if (ends === null) whole()
      else body.if(i32.and(ends, insideAt(first + last) as Condition), whole, lanes)
    }
    const inside = still.reduce<Condition | null>(
      (all, g) => both(all, i32.ltU(this.#place(g.coordinate), i32.const(g.size))),
      null,
    )
    if (inside === null) inner()
    else body.if(inside, inner)
    return result
  }
}
