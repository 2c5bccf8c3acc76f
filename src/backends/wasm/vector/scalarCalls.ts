import type { DType } from '../../../ir/dtype.js'
import type { Expr } from '../../../ir/expr.js'
import { scalarOp } from '../../../ir/scalar.js'
import { call, type FunctionRef, type ModuleBuilder } from '../assembler/moduleBuilder.js'
import { f32, f64, i32 } from '../assembler/scalars.js'
import type { Value } from '../assembler/value.js'
import { f32x4, f64x2, i32x4, v128 } from '../assembler/vectors.js'
import { converted } from './conversion.js'
import type { LaneCode, Lanes, Vector } from './lanes.js'
import { beyondForm, operandType, vectorForm } from './vectorForms.js'

type Apply = Extract<Expr, { op: 'apply' }>

/** Whether an operation calls the reference's scalar function, at every point or at a few. */
export const isCalled = (e: Apply): boolean => vectorForm(e) === undefined || beyondForm(e) !== undefined

const nameOf = (e: Apply): string => `${e.fn} ${operandType(e)}`

/** The reference's scalar functions that a module calls, of numbers of any type as float64. */
export class ScalarCalls {
  readonly functions: Record<string, (...args: number[]) => number> = {}
  readonly #refs = new Map<string, FunctionRef<'f64'>>()

  readonly #module: ModuleBuilder

  constructor(module: ModuleBuilder) {
    this.#module = module
  }

  /** Imports the function that an operation calls; before the module's functions. */
  declare(e: Apply): void {
    const name = nameOf(e)
    if (!isCalled(e) || this.#refs.has(name)) return
    const f = scalarOp(e.fn, operandType(e), e.dtype)
    const ofFew = e.args.length === 1 ? (a: number) => f(a, 0, 0) : (a: number, b: number) => f(a, b, 0)
    this.functions[name] = e.args.length < 3 ? ofFew : f
    this.#refs.set(
      name,
      this.#module.import(
        'scalar',
        name,
        e.args.map(() => 'f64' as const),
        'f64',
      ),
    )
  }

  ref(e: Apply): FunctionRef<'f64'> {
    const found = this.#refs.get(nameOf(e))
    if (found === undefined) throw new Error(`internal: wasm: ${nameOf(e)} is not imported.`)
    return found
  }
}

type NumberType = Exclude<DType, 'bool'>

const lanesOf = (dtype: NumberType): number => (dtype === 'float64' ? 2 : 4)

const extracted = (dtype: NumberType, v: Vector, lane: number): Value<'f64'> => {
  switch (dtype) {
    case 'float64':
      return f64x2.extractLane(v, lane)
    case 'float32':
      return f64.promote(f32x4.extractLane(v, lane))
    case 'int32':
      return f64.convertI32S(i32x4.extractLane(v, lane))
    case 'uint32':
      return f64.convertI32U(i32x4.extractLane(v, lane))
  }
}

const inserted = (dtype: NumberType, v: Vector, value: Value<'f64'>, lane: number): Vector => {
  switch (dtype) {
    case 'float64':
      return f64x2.replaceLane(v, value, lane)
    case 'float32':
      return f32x4.replaceLane(v, f32.demote(value), lane)
    case 'uint32':
      return i32x4.replaceLane(v, i32.truncSatF64U(value), lane)
    default:
      return i32x4.replaceLane(v, i32.truncSatF64S(value), lane)
  }
}

const splat = (dtype: NumberType, value: Value<'f64'>): Vector => {
  switch (dtype) {
    case 'float64':
      return f64x2.splat(value)
    case 'float32':
      return f32x4.splat(f32.demote(value))
    case 'uint32':
      return i32x4.splat(i32.truncSatF64U(value))
    default:
      return i32x4.splat(i32.truncSatF64S(value))
  }
}

/** A scalar function at each point, one after the other; of operands of one type. */
export const callAtEachPoint = (
  code: LaneCode,
  f: FunctionRef<'f64'>,
  from: DType,
  to: DType,
  args: readonly Lanes[],
): Lanes => {
  if (from === to && from !== 'bool') return calledOn(code, f, from, args)
  // float64 holds every number of the other types
  const wide = args.map((a) => converted(code, a, from, 'float64'))
  return converted(code, calledOn(code, f, 'float64', wide), 'float64', to)
}

/** A function of numbers of a type, which gives such a number. */
const calledOn = (
  code: LaneCode,
  f: FunctionRef<'f64'>,
  dtype: NumberType,
  args: readonly Lanes[],
): Lanes => {
  if (args.every((a) => a.isUniform))
    return code.map((...v) => splat(dtype, call(f, ...v.map((x) => extracted(dtype, x, 0)))), ...args)
  return code.map(
    (...v) => {
      let result: Vector = f64x2.const(0, 0)
      for (let lane = 0; lane < lanesOf(dtype); lane++)
        result = code.let(inserted(dtype, result, call(f, ...v.map((x) => extracted(dtype, x, lane))), lane))
      return result
    },
    ...args,
  )
}

/** Float32 results, with those where the mask is set, which should be few, replaced by a scalar function's. */
export const corrected = (
  code: LaneCode,
  results: Lanes,
  mask: Lanes,
  f: FunctionRef<'f64'>,
  args: readonly Lanes[],
): Lanes =>
  code.map(
    (result, m, ...v) => {
      const { body } = code
      const whole = body.variable(result)
      body.if(v128.anyTrue(m), () => {
        for (let lane = 0; lane < 4; lane++)
          body.if(i32x4.extractLane(m, lane), () => {
            const value = call(f, ...v.map((x) => extracted('float32', x, lane)))
            body.set(whole, inserted('float32', whole, value, lane))
          })
      })
      return whole
    },
    results,
    mask,
    ...args,
  )
