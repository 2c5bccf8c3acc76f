import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DType } from '../../src/ir/dtype.js'
import type { ScalarOp } from '../../src/ir/expr.js'
import { scalarOp } from '../../src/ir/scalar.js'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number
const f = Math.fround
const least = -0x80000000
const most = 0x7fffffff
const top = 0xffffffff

const comparisons: ReadonlySet<ScalarOp> = new Set<ScalarOp>(['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'isFinite'])

const evaluate = (fn: ScalarOp, dtype: DType, [a, b = 0, c = 0]: readonly number[]): number =>
  scalarOp(fn, dtype, comparisons.has(fn) ? 'bool' : dtype)(a, b, c)

type Row = readonly [fn: ScalarOp, args: readonly number[], want: number]

const check = (dtype: DType, rows: readonly Row[]): void => {
  it.each(rows)(`${dtype}: %s(%j) = %d`, (fn, args, want) => {
    expect(evaluate(fn, dtype, args)).toBe(want)
  })
}

describe('floats', () => {
  check('float64', [
    ['neg', [0], -0],
    ['neg', [-0], 0],
    ['neg', [nan], nan],
    ['abs', [-0], 0],
    ['abs', [-inf], inf],
    ['sign', [-0], -0],
    ['sign', [0], 0],
    ['sign', [-3], -1],
    ['sign', [nan], nan],
    ['floor', [-0.5], -1],
    ['floor', [-0], -0],
    ['ceil', [-0.5], -0],
    ['ceil', [inf], inf],
    ['round', [0.5], 0],
    ['round', [1.5], 2],
    ['round', [2.5], 2],
    ['round', [-0.5], -0],
    ['round', [-1.5], -2],
    ['round', [-2.5], -2],
    ['round', [0.49999999999999994], 0],
    ['round', [-0], -0],
    ['round', [2 ** 52 + 1], 2 ** 52 + 1],
    ['round', [-(2 ** 51) - 0.5], -(2 ** 51)],
    ['round', [-inf], -inf],
    ['round', [nan], nan],
    ['exp', [-inf], 0],
    ['exp', [inf], inf],
    ['exp', [710], inf],
    ['expm1', [1e-20], 1e-20],
    ['expm1', [-0], -0],
    ['log', [0], -inf],
    ['log', [-1], nan],
    ['log1p', [1e-20], 1e-20],
    ['log1p', [-1], -inf],
    ['sqrt', [-0], -0],
    ['sqrt', [-1], nan],
    ['sqrt', [inf], inf],
    ['cbrt', [-27], -3],
    ['cbrt', [-0], -0],
    ['cbrt', [-inf], -inf],
    ['rsqrt', [0], inf],
    ['rsqrt', [-0], -inf],
    ['rsqrt', [4], 0.5],
    ['rsqrt', [inf], 0],
    ['rsqrt', [-1], nan],
    ['sin', [-0], -0],
    ['sin', [inf], nan],
    ['cos', [0], 1],
    ['tan', [0], 0],
    ['asin', [1], Math.PI / 2],
    ['asin', [2], nan],
    ['acos', [1], 0],
    ['atan', [inf], Math.PI / 2],
    ['sinh', [inf], inf],
    ['cosh', [-inf], inf],
    ['tanh', [inf], 1],
    ['tanh', [-0], -0],
    ['asinh', [-0], -0],
    ['acosh', [1], 0],
    ['acosh', [0.5], nan],
    ['atanh', [1], inf],
    ['atanh', [2], nan],
    ['sigmoid', [0], 0.5],
    ['sigmoid', [-inf], 0],
    ['sigmoid', [inf], 1],
    ['sigmoid', [-745], 5e-324],
    ['sigmoid', [nan], nan],
    ['erf', [inf], 1],
    ['erfc', [-inf], 2],
    ['erfInv', [1], inf],
    ['lgamma', [0], inf],
    ['digamma', [0], nan],
    ['polygamma', [1, inf], 0],
    ['isFinite', [nan], 0],
    ['isFinite', [-inf], 0],
    ['isFinite', [-0], 1],
    ['add', [inf, -inf], nan],
    ['add', [-0, -0], -0],
    ['add', [5e-324, 5e-324], 1e-323],
    ['sub', [0, 0], 0],
    ['sub', [-0, 0], -0],
    ['mul', [0, inf], nan],
    ['mul', [-0, 1], -0],
    ['div', [1, -0], -inf],
    ['div', [0, 0], nan],
    ['rem', [5.5, 2], 1.5],
    ['rem', [-5.5, 2], -1.5],
    ['rem', [-4, 2], -0],
    ['rem', [1, inf], 1],
    ['rem', [1, 0], nan],
    ['pow', [nan, 0], 1],
    ['pow', [1, nan], 1],
    ['pow', [1, inf], 1],
    ['pow', [-1, inf], 1],
    ['pow', [-1, -inf], 1],
    ['pow', [0, 0], 1],
    ['pow', [0, -1], inf],
    ['pow', [-0, -1], -inf],
    ['pow', [-0, 3], -0],
    ['pow', [-8, 1 / 3], nan],
    ['pow', [-2, 3], -8],
    ['pow', [2, -inf], 0],
    ['max', [-0, 0], 0],
    ['max', [0, -0], 0],
    ['max', [nan, 1], nan],
    ['max', [1, nan], nan],
    ['min', [-0, 0], -0],
    ['min', [0, -0], -0],
    ['min', [nan, -inf], nan],
    ['atan2', [0, -1], Math.PI],
    ['atan2', [-0, -1], -Math.PI],
    ['atan2', [-0, 1], -0],
    ['atan2', [inf, inf], Math.PI / 4],
    ['eq', [nan, nan], 0],
    ['eq', [0, -0], 1],
    ['ne', [nan, nan], 1],
    ['lt', [nan, 1], 0],
    ['le', [1, nan], 0],
    ['gt', [inf, nan], 0],
    ['ge', [nan, nan], 0],
    ['ge', [-0, 0], 1],
    ['select', [1, nan, 2], nan],
    ['select', [0, nan, -0], -0],
  ])

  check('float32', [
    ['add', [f(0.1), f(0.2)], f(f(0.1) + f(0.2))],
    ['add', [2 ** 24, 1], 2 ** 24],
    ['mul', [f(3e38), 10], inf],
    ['mul', [f(1e-30), f(1e-15)], f(1e-45)],
    ['div', [1, 3], f(1 / 3)],
    ['exp', [89], inf],
    ['exp', [-104], 0],
    ['exp', [-100], f(Math.exp(-100))],
    ['sqrt', [2], f(Math.SQRT2)],
    ['pow', [f(1.1), nan], nan],
    ['pow', [1, nan], 1],
    ['round', [2.5], 2],
    ['max', [nan, 0], nan],
    ['neg', [0], -0],
    ['lt', [1, 2], 1],
    ['isFinite', [f(3e38)], 1],
  ])

  it('float32 is rounded once', () => {
    const binary: readonly ScalarOp[] = ['add', 'sub', 'mul', 'div', 'max', 'min', 'rem', 'pow', 'atan2']
    const float32 = fc.float()
    fc.assert(
      fc.property(fc.constantFrom(...binary), float32, float32, (fn, a, b) => {
        expect(evaluate(fn, 'float32', [a, b])).toBe(f(evaluate(fn, 'float64', [a, b])))
      }),
    )
  })
})

describe('integers', () => {
  check('int32', [
    ['neg', [least], least],
    ['neg', [0], 0],
    ['abs', [least], least],
    ['abs', [-3], 3],
    ['sign', [-7], -1],
    ['sign', [0], 0],
    ['not', [0], -1],
    ['add', [most, 1], least],
    ['sub', [least, 1], most],
    ['mul', [65537, 65537], 131073],
    ['mul', [least, -1], least],
    ['div', [7, -2], -3],
    ['div', [-7, 2], -3],
    ['div', [-1, 2], 0],
    ['div', [5, 0], -1],
    ['div', [0, 0], -1],
    ['div', [least, -1], least],
    ['rem', [7, -2], 1],
    ['rem', [-7, 2], -1],
    ['rem', [-4, 2], 0],
    ['rem', [5, 0], 5],
    ['rem', [least, -1], 0],
    ['pow', [3, 4], 81],
    ['pow', [-3, 3], -27],
    ['pow', [0, 0], 1],
    ['pow', [2, 31], least],
    ['pow', [3, 40], Number(BigInt.asIntN(32, 3n ** 40n))],
    ['pow', [2, -1], 0],
    ['pow', [1, -5], 1],
    ['pow', [-1, -5], -1],
    ['pow', [-1, -4], 1],
    ['max', [-1, 1], 1],
    ['min', [-1, 1], -1],
    ['and', [-2, 3], 2],
    ['or', [least, 1], least + 1],
    ['xor', [-1, 1], -2],
    ['shiftLeft', [1, 31], least],
    ['shiftLeft', [1, 32], 0],
    ['shiftLeft', [1, -1], 0],
    ['shiftRightLogical', [-1, 1], most],
    ['shiftRightLogical', [-1, 0], -1],
    ['shiftRightLogical', [-1, 32], 0],
    ['shiftRightArithmetic', [least, 31], -1],
    ['shiftRightArithmetic', [least, 32], -1],
    ['shiftRightArithmetic', [most, 40], 0],
    ['shiftRightArithmetic', [-8, 1], -4],
    ['lt', [least, most], 1],
    ['eq', [0, 0], 1],
    ['select', [1, 2, 3], 2],
  ])

  check('uint32', [
    ['neg', [1], top],
    ['neg', [0], 0],
    ['abs', [top], top],
    ['sign', [top], 1],
    ['sign', [0], 0],
    ['not', [0], top],
    ['add', [top, 2], 1],
    ['sub', [0, 1], top],
    ['mul', [top, top], 1],
    ['div', [top, 2], most],
    ['div', [7, 0], top],
    ['rem', [top, 10], 5],
    ['rem', [7, 0], 7],
    ['pow', [3, 40], Number(BigInt.asUintN(32, 3n ** 40n))],
    ['pow', [3, top], 2863311531],
    ['max', [top, 1], top],
    ['min', [top, 1], 1],
    ['and', [top, 0x80000001], 0x80000001],
    ['or', [0x80000000, 1], 0x80000001],
    ['xor', [top, 1], top - 1],
    ['shiftLeft', [3, 31], 0x80000000],
    ['shiftLeft', [3, 32], 0],
    ['shiftRightLogical', [top, 31], 1],
    ['shiftRightLogical', [top, 32], 0],
    ['shiftRightLogical', [top, top], 0],
    ['shiftRightArithmetic', [top, 4], top],
    ['shiftRightArithmetic', [0x80000000, 99], top],
    ['shiftRightArithmetic', [most, 99], 0],
    ['gt', [top, 1], 1],
  ])

  it('agrees with exact arithmetic modulo 2³²', () => {
    const exact: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
      add: (a, b) => a + b,
      sub: (a, b) => a - b,
      mul: (a, b) => a * b,
      div: (a, b) => (b === 0n ? -1n : a / b),
      rem: (a, b) => (b === 0n ? a : a % b),
      and: (a, b) => a & b,
      or: (a, b) => a | b,
      xor: (a, b) => a ^ b,
    }
    const ops = fc.constantFrom<ScalarOp>('add', 'sub', 'mul', 'div', 'rem', 'and', 'or', 'xor')
    fc.assert(
      fc.property(ops, fc.integer(), fc.integer(), (fn, a, b) => {
        expect(evaluate(fn, 'int32', [a, b])).toBe(Number(BigInt.asIntN(32, exact[fn](BigInt(a), BigInt(b)))))
        const [x, y] = [a >>> 0, b >>> 0]
        expect(evaluate(fn, 'uint32', [x, y])).toBe(
          Number(BigInt.asUintN(32, exact[fn](BigInt(x), BigInt(y)))),
        )
      }),
    )
  })
})

describe('bools', () => {
  check('bool', [
    ['not', [0], 1],
    ['not', [1], 0],
    ['add', [1, 1], 1],
    ['mul', [1, 1], 1],
    ['mul', [1, 0], 0],
    ['and', [1, 0], 0],
    ['or', [1, 0], 1],
    ['xor', [1, 1], 0],
    ['max', [0, 1], 1],
    ['min', [0, 1], 0],
    ['eq', [1, 1], 1],
    ['lt', [0, 1], 1],
    ['select', [1, 0, 1], 0],
  ])

  it('has no subtraction', () => {
    expect(() => scalarOp('sub', 'bool', 'bool')).toThrow('internal: scalarOp: sub has no meaning on bool.')
  })
})

describe('convert', () => {
  const rows: readonly (readonly [from: DType, to: DType, x: number, want: number])[] = [
    ['float64', 'float32', 0.1, f(0.1)],
    ['float32', 'float64', f(0.1), f(0.1)],
    ['float64', 'float32', 1e39, inf],
    ['float32', 'int32', 1.9, 1],
    ['float32', 'int32', -1.9, -1],
    ['float32', 'int32', -0.5, 0],
    ['float32', 'int32', nan, 0],
    ['float32', 'int32', 3e9, most],
    ['float32', 'int32', -inf, least],
    ['float32', 'uint32', 3e9, 3e9],
    ['float32', 'uint32', -1, 0],
    ['float32', 'uint32', inf, top],
    ['float32', 'uint32', nan, 0],
    ['float32', 'bool', nan, 1],
    ['float32', 'bool', -0, 0],
    ['float32', 'bool', 0.1, 1],
    ['int32', 'uint32', -1, top],
    ['uint32', 'int32', top, -1],
    ['uint32', 'float32', top, 2 ** 32],
    ['int32', 'float32', 16777217, 16777216],
    ['int32', 'bool', -5, 1],
    ['bool', 'int32', 1, 1],
    ['bool', 'float32', 1, 1],
  ]
  it.each(rows)('%s to %s: %d to %d', (from, to, x, want) => {
    expect(scalarOp('convert', from, to)(x, 0, 0)).toBe(want)
  })
})

describe('bitcast', () => {
  const rows: readonly (readonly [from: DType, to: DType, x: number, want: number])[] = [
    ['float32', 'uint32', 1, 0x3f800000],
    ['float32', 'int32', -0, least],
    ['uint32', 'float32', 0x7f800000, inf],
    ['int32', 'float32', -1, nan],
    ['int32', 'uint32', -1, top],
    ['uint32', 'int32', top, -1],
    ['float32', 'float32', 0.5, 0.5],
  ]
  it.each(rows)('%s to %s: %d to %d', (from, to, x, want) => {
    expect(scalarOp('bitcast', from, to)(x, 0, 0)).toBe(want)
  })

  it('keeps the number of bits', () => {
    expect(() => scalarOp('bitcast', 'float64', 'int32')).toThrow('32 bits')
  })
})
