import type { DType } from '../../../ir/dtype.js'
import type { ComparisonOp, Expr, ScalarOp } from '../../../ir/expr.js'
import { f32x4, f64x2, i32x4, v128 } from '../assembler/vectors.js'
import { converted } from './conversion.js'
import { FloatCode } from './floatCode.js'
import { integerForms } from './integerCode.js'
import type { LaneCode, Lanes, Vector } from './lanes.js'
import { erf, erfc, erfInv } from './math/errorFunction.js'
import { exp, sigmoid, tanh } from './math/exponential.js'
import { log } from './math/logarithm.js'
import { expm1, log1p, pow } from './math/power.js'
import { cos, farthest, sin, tan } from './math/trigonometric.js'

type Apply = Extract<Expr, { op: 'apply' }>

/** An operation as vector code; `dtype` is the one that it is chosen by. */
export type VectorForm = (code: LaneCode, args: readonly Lanes[], e: Apply, dtype: DType) => Lanes

/** The vector forms of a dtype. Scalar functions without one are called for each element. */
export type VectorForms = { readonly [fn in ScalarOp]?: VectorForm }

/** The type that an operation is chosen by. */
export const operandType = (e: Apply): DType => e.args[e.fn === 'select' ? 1 : 0].dtype

const floatCode = (code: LaneCode, dtype: DType): FloatCode =>
  new FloatCode(code, dtype === 'float64' ? 'float64' : 'float32')

const instruction =
  (of: (...operands: Vector[]) => Vector): VectorForm =>
  (code, args) =>
    code.map(of, ...args)

/** An instruction that both types of float have. */
const floatInstruction =
  (fn: 'add' | 'sub' | 'mul' | 'div' | 'neg' | 'abs' | 'floor' | 'ceil' | 'sqrt'): VectorForm =>
  (code, args, _e, dtype) =>
    code.map((dtype === 'float64' ? f64x2 : f32x4)[fn], ...args)

const floatExtremum =
  (fn: 'max' | 'min'): VectorForm =>
  (code, args, e, dtype) => {
    const of = dtype === 'float64' ? f64x2 : f32x4
    // one instruction, which gives NaN where the first operand is, and of two zeros the first
    const by = e.args[1].op === 'const' ? e.args[1].value : Number.NaN
    if (by < 0 || by > 0) return code.map(fn === 'max' ? of.pmax : of.pmin, ...args)
    // max(−0, 0) is 0, as −0 + 0 is
    if (fn === 'max' && Object.is(by, 0)) return floatCode(code, dtype).add(code.map(of.pmax, ...args), 0)
    return code.map(of[fn], ...args)
  }

const ofFloats: VectorForms = {
  add: floatInstruction('add'),
  sub: floatInstruction('sub'),
  mul: floatInstruction('mul'),
  div: floatInstruction('div'),
  max: floatExtremum('max'),
  min: floatExtremum('min'),
  neg: floatInstruction('neg'),
  abs: floatInstruction('abs'),
  floor: floatInstruction('floor'),
  ceil: floatInstruction('ceil'),
  sqrt: floatInstruction('sqrt'),
  round: (code, [a], _e, dtype) => floatCode(code, dtype).nearest(a),
  rsqrt: (code, [a], _e, dtype) =>
    floatCode(code, dtype).div(1, code.map((dtype === 'float64' ? f64x2 : f32x4).sqrt, a)),
  sign: (code, [a], _e, dtype) => {
    const f = floatCode(code, dtype)
    return f.choose(f.lt(f.lanes(0), a), 1, f.choose(f.lt(a, 0), -1, a))
  },
  isFinite: (code, [a], _e, dtype) => {
    const f = floatCode(code, dtype)
    const mask = f.lt(f.abs(a), Number.POSITIVE_INFINITY)
    return dtype === 'float64' ? code.narrowMask(mask) : mask
  },
}

const formula =
  (of: (code: LaneCode, ...args: Lanes[]) => Lanes): VectorForm =>
  (code, args) =>
    of(code, ...args)

const ofFloat32: VectorForms = {
  ...ofFloats,
  exp: formula(exp),
  sigmoid: formula(sigmoid),
  tanh: formula(tanh),
  log: formula(log),
  erf: formula(erf),
  erfc: formula(erfc),
  erfInv: formula(erfInv),
  sin: formula(sin),
  cos: formula(cos),
  tan: formula(tan),
  pow: formula(pow),
  log1p: formula(log1p),
  expm1: formula(expm1),
}

const [or, and] = [instruction(v128.or), instruction(v128.and)]

const ofBools: VectorForms = {
  not: instruction(v128.not),
  add: or,
  max: or,
  or,
  mul: and,
  min: and,
  and,
  xor: instruction(v128.xor),
}

const integerComparisons = {
  int32: { eq: i32x4.eq, ne: i32x4.ne, lt: i32x4.ltS, le: i32x4.leS, gt: i32x4.gtS, ge: i32x4.geS },
  // masks are ordered like 0 and 2³² − 1
  uint32: { eq: i32x4.eq, ne: i32x4.ne, lt: i32x4.ltU, le: i32x4.leU, gt: i32x4.gtU, ge: i32x4.geU },
}

const comparison =
  (fn: ComparisonOp): VectorForm =>
  (code, args, _e, dtype) => {
    if (dtype === 'float64') return code.narrowMask(code.map(f64x2[fn], ...args))
    if (dtype === 'float32') return code.map(f32x4[fn], ...args)
    return code.map(integerComparisons[dtype === 'int32' ? 'int32' : 'uint32'][fn], ...args)
  }

const ofAll: VectorForms = {
  eq: comparison('eq'),
  ne: comparison('ne'),
  lt: comparison('lt'),
  le: comparison('le'),
  gt: comparison('gt'),
  ge: comparison('ge'),
  select: (code, [predicate, a, b], _e, dtype) => {
    const mask = dtype === 'float64' ? code.widenMask(predicate) : predicate
    return code.map((m, x, y) => v128.bitselect(x, y, m), mask, a, b)
  },
  convert: (code, [a], e, dtype) => converted(code, a, dtype, e.dtype),
  bitcast: (_code, [a]) => a,
}

const formsOf: { readonly [dtype in DType]: VectorForms } = {
  float32: ofFloat32,
  float64: ofFloats,
  int32: integerForms,
  uint32: integerForms,
  bool: ofBools,
}

/** An operation as vector code; `undefined`: it has none, and is called for each element. */
export const vectorForm = (e: Apply): VectorForm | undefined => ofAll[e.fn] ?? formsOf[operandType(e)][e.fn]

type Beyond = (f: FloatCode, x: Lanes, y: Lanes) => Lanes

const isFar: Beyond = (f, x) =>
  f.and(f.lt(f.lanes(farthest), f.abs(x)), f.lt(f.abs(x), Number.POSITIVE_INFINITY))

const isNoPower: Beyond = (f, x, y) => {
  const inf = Number.POSITIVE_INFINITY
  return f.code.map(v128.not, f.and(f.and(f.lt(f.lanes(0), x), f.lt(x, inf)), f.lt(f.abs(y), inf)))
}

const beyond: { readonly [fn in ScalarOp]?: Beyond } = { sin: isFar, cos: isFar, tan: isFar, pow: isNoPower }

/** Where a vector form is right only after a correction. */
export const beyondForm = (e: Apply): Beyond | undefined =>
  operandType(e) === 'float32' ? beyond[e.fn] : undefined
