import type { DType } from '../../../ir/dtype.js'
import { internal } from '../../../ir/errors.js'
import type { Expr, ScalarOp } from '../../../ir/expr.js'
import { f32x4, f64x2, i32x4, v128 } from '../assembler/vectors.js'
import { converted } from './conversion.js'
import { FloatCode } from './floatCode.js'
import { integerOperation } from './integerCode.js'
import type { LaneCode, Lanes, Vector } from './lanes.js'
import { erf, erfc, erfInv } from './math/errorFunction.js'
import { exp, sigmoid, tanh } from './math/exponential.js'
import { log } from './math/logarithm.js'
import { expm1, log1p, pow } from './math/power.js'
import { cos, farthest, sin, tan } from './math/trigonometric.js'
import { callAtEachPoint, corrected, isCalled, operandType, type ScalarCalls } from './scalarCalls.js'

type Apply = Extract<Expr, { op: 'apply' }>

type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'

const isComparison = (fn: ScalarOp): fn is Comparison =>
  fn === 'eq' || fn === 'ne' || fn === 'lt' || fn === 'le' || fn === 'gt' || fn === 'ge'

const integerComparisons = {
  int32: { eq: i32x4.eq, ne: i32x4.ne, lt: i32x4.ltS, le: i32x4.leS, gt: i32x4.gtS, ge: i32x4.geS },
  // masks are ordered like 0 and 2³² − 1
  uint32: { eq: i32x4.eq, ne: i32x4.ne, lt: i32x4.ltU, le: i32x4.leU, gt: i32x4.gtU, ge: i32x4.geU },
}

const compared = (code: LaneCode, fn: Comparison, dtype: DType, args: readonly Lanes[]): Lanes => {
  if (dtype === 'float64') return code.narrowMask(code.map(f64x2[fn], ...args))
  if (dtype === 'float32') return code.map(f32x4[fn], ...args)
  return code.map(integerComparisons[dtype === 'int32' ? 'int32' : 'uint32'][fn], ...args)
}

const bitselect = (m: Vector, x: Vector, y: Vector): Vector => v128.bitselect(x, y, m)

/** Functions of float32 in vectors. */
const vectorised: { readonly [fn in ScalarOp]?: (code: LaneCode, ...args: Lanes[]) => Lanes } = {
  exp,
  sigmoid,
  tanh,
  log,
  erf,
  erfc,
  erfInv,
  sin,
  cos,
  tan,
  pow,
  log1p,
  expm1,
}

/** Where a vectorised function of float32 is right only after a correction. */
const isBeyond = (f: FloatCode, fn: ScalarOp, [x, y]: readonly Lanes[]): Lanes | null => {
  const inf = Number.POSITIVE_INFINITY
  const not = (m: Lanes): Lanes => f.code.map(v128.not, m)
  switch (fn) {
    case 'sin':
    case 'cos':
    case 'tan':
      return f.and(f.lt(f.lanes(farthest), f.abs(x)), f.lt(f.abs(x), inf))
    case 'pow':
      return not(f.and(f.and(f.lt(f.lanes(0), x), f.lt(x, inf)), f.lt(f.abs(y), inf)))
    default:
      return null
  }
}

const floatOperation = (
  code: LaneCode,
  e: Apply,
  dtype: 'float32' | 'float64',
  args: readonly Lanes[],
): Lanes | null => {
  const of = dtype === 'float32' ? f32x4 : f64x2
  const f = new FloatCode(code, dtype)
  const [a] = args
  switch (e.fn) {
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
      return code.map(of[e.fn], ...args)
    case 'max':
    case 'min': {
      // one instruction, which gives NaN where the first operand is, and of two zeros the first
      const by = e.args[1].op === 'const' ? e.args[1].value : Number.NaN
      if (by < 0 || by > 0) return code.map(e.fn === 'max' ? of.pmax : of.pmin, ...args)
      // max(−0, 0) is 0, as −0 + 0 is
      if (e.fn === 'max' && Object.is(by, 0)) return f.add(code.map(of.pmax, ...args), 0)
      return code.map(of[e.fn], ...args)
    }
    case 'neg':
    case 'abs':
    case 'floor':
    case 'ceil':
    case 'sqrt':
      return code.map(of[e.fn], a)
    case 'round':
      return f.nearest(a)
    case 'rsqrt':
      return f.div(1, code.map(of.sqrt, a))
    case 'sign':
      return f.choose(f.lt(f.lanes(0), a), 1, f.choose(f.lt(a, 0), -1, a))
    case 'isFinite': {
      const mask = f.lt(f.abs(a), Number.POSITIVE_INFINITY)
      return dtype === 'float64' ? code.narrowMask(mask) : mask
    }
    default:
      return null
  }
}

const boolOperation = (code: LaneCode, fn: ScalarOp, args: readonly Lanes[]): Lanes | null => {
  switch (fn) {
    case 'not':
      return code.map(v128.not, args[0])
    case 'add':
    case 'max':
    case 'or':
      return code.map(v128.or, ...args)
    case 'mul':
    case 'min':
    case 'and':
      return code.map(v128.and, ...args)
    case 'xor':
      return code.map(v128.xor, ...args)
    default:
      return null
  }
}

/** The lanes of an operation's result, with the reference's meaning of it. */
export const operation = (code: LaneCode, calls: ScalarCalls, e: Apply, args: readonly Lanes[]): Lanes => {
  const dtype = operandType(e)
  if (e.fn === 'select') {
    const mask = dtype === 'float64' ? code.widenMask(args[0]) : args[0]
    return code.map(bitselect, mask, args[1], args[2])
  }
  if (e.fn === 'convert') return converted(code, args[0], dtype, e.dtype)
  if (e.fn === 'bitcast') return args[0]
  if (isComparison(e.fn)) return compared(code, e.fn, dtype, args)
  const found = arithmetic(code, e, dtype, args)
  if (found !== null) return found
  const own = dtype === 'float32' ? vectorised[e.fn] : undefined
  if (own !== undefined) {
    const result = own(code, ...args)
    const beyond = isBeyond(new FloatCode(code, 'float32'), e.fn, args)
    return beyond === null ? result : corrected(code, result, beyond, calls.ref(e), args)
  }
  if (isCalled(e)) return callAtEachPoint(code, calls.ref(e), dtype, args)
  throw internal(`wasm: ${e.fn} has no meaning on ${dtype}.`)
}

const arithmetic = (code: LaneCode, e: Apply, dtype: DType, args: readonly Lanes[]): Lanes | null => {
  if (dtype === 'bool') return boolOperation(code, e.fn, args)
  if (dtype === 'float32' || dtype === 'float64') return floatOperation(code, e, dtype, args)
  const by = e.args[1]
  return integerOperation(code, e.fn, dtype, args, by?.op === 'const' ? by.value : null)
}
