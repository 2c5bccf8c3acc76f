import type { DType } from '../../../ir/dtype.js'
import type { Expr, ScalarOp } from '../../../ir/expr.js'
import { scalarOp } from '../../../ir/scalar.js'
import { call, type FunctionRef, type ModuleBuilder } from '../assembler/moduleBuilder.js'
import { f32, f64, i32 } from '../assembler/scalars.js'
import type { Value } from '../assembler/value.js'
import { f32x4, f64x2, i32x4, v128 } from '../assembler/vectors.js'
import type { LaneCode, Lanes, Vector } from './lanes.js'

type Apply = Extract<Expr, { op: 'apply' }>

/** The type that an operation is chosen by. */
export const operandType = (e: Apply): DType => e.args[e.fn === 'select' ? 1 : 0].dtype

/** Functions of float32 that call the reference's scalar functions; some only at a few points. */
const calledOnFloat32: ReadonlySet<ScalarOp> = new Set<ScalarOp>([
  'cbrt',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'asinh',
  'acosh',
  'atanh',
  'lgamma',
  'digamma',
  'pow',
  'rem',
  'atan2',
  'polygamma',
])

const calledOnFloat64: ReadonlySet<ScalarOp> = new Set<ScalarOp>([
  ...calledOnFloat32,
  'exp',
  'expm1',
  'log',
  'tanh',
  'sigmoid',
  'erf',
  'erfc',
  'erfInv',
  'log1p',
])

/** Whether an operation calls the reference's scalar function. */
export const isCalled = (e: Apply): boolean => {
  const dtype = operandType(e)
  if (dtype === 'float32') return calledOnFloat32.has(e.fn)
  if (dtype === 'float64') return calledOnFloat64.has(e.fn)
  return e.fn === 'pow'
}

const nameOf = (e: Apply): string => `${e.fn} ${operandType(e)}`

/** The reference's scalar functions that a module calls, of numbers of any type as float64. */
export class ScalarCalls {
  readonly functions: Record<string, (...args: number[]) => number> = {}
  readonly #refs = new Map<string, FunctionRef<'f64'>>()

  readonly #module: ModuleBuilder

  constructor(module: ModuleBuilder) {
    this.#module = module
  }

  /** Imports what an operation calls; before the module's functions. */
  declare(e: Apply): void {
    const name = nameOf(e)
    if (!isCalled(e) || this.#refs.has(name)) return
    const f = scalarOp(e.fn, operandType(e), e.dtype)
    this.functions[name] = e.args.length === 1 ? (a) => f(a, 0, 0) : (a, b) => f(a, b, 0)
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

const lanesOf = (dtype: DType): number => (dtype === 'float64' ? 2 : 4)

const extracted = (dtype: DType, v: Vector, lane: number): Value<'f64'> => {
  switch (dtype) {
    case 'float64':
      return f64x2.extractLane(v, lane)
    case 'float32':
      return f64.promote(f32x4.extractLane(v, lane))
    case 'int32':
      return f64.convertI32S(i32x4.extractLane(v, lane))
    case 'uint32':
      return f64.convertI32U(i32x4.extractLane(v, lane))
    case 'bool':
      return f64.convertI32U(i32.and(i32x4.extractLane(v, lane), i32.const(1)))
  }
}

const inserted = (dtype: DType, v: Vector, value: Value<'f64'>, lane: number): Vector => {
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

const splat = (dtype: DType, value: Value<'f64'>): Vector => {
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

/** A scalar function at each point, one after the other. All operands and the result are of one type. */
export const callAtEachPoint = (
  code: LaneCode,
  f: FunctionRef<'f64'>,
  dtype: DType,
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

/** Float32 results, with those where the mask is set replaced by what a scalar function gives; they should be few. */
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
