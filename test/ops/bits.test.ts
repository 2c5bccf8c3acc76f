import { describe, expect, it } from 'vitest'
import { DTypeError, np } from '../../src/index.js'
import { shiftLeft, shiftRightArithmetic, shiftRightLogical } from '../../src/ops/elementwise/shifts.js'
import { reduceAnd, reduceOr } from '../../src/ops/reductions/reduceLogical.js'
import { f64, plain } from './doubles.js'

const u32 = (...values: readonly number[]) => np.array(Uint32Array.from(values))
const i32 = (...values: readonly number[]) => np.array(Int32Array.from(values))

describe('shifts', () => {
  it('empty the word beyond its width, on every machine', () => {
    expect(plain(shiftLeft(u32(1, 1, 1, 3), u32(0, 31, 32, 33)))).toEqual([1, 2147483648, 0, 0])
    expect(plain(shiftRightLogical(i32(-8, -8, -8), i32(1, 31, 40)))).toEqual([2147483644, 1, 0])
    expect(plain(shiftRightArithmetic(i32(-8, -8, 8), i32(1, 40, -1)))).toEqual([-4, -1, 0])
  })
})

describe('bitwise operations', () => {
  it('work on integers bit by bit, on bools as logic', () => {
    expect(plain(np.bitwiseXor(u32(0xffffffff), u32(0x0f0f0f0f)))).toEqual([0xf0f0f0f0])
    expect(plain(np.bitwiseNot(u32(0)))).toEqual([0xffffffff])
    expect(plain(np.bitwiseNot(i32(0)))).toEqual([-1])
    expect(plain(np.bitwiseNot(np.array([true, false])))).toEqual([0, 1])
    expect(np.bitwiseOr(np.array([true]), np.array([false])).dtype).toBe('bool')
  })

  it('refuse floats', () => {
    expect(() => np.bitwiseAnd(f64([1]), f64([1]))).toThrow(DTypeError)
  })
})

describe('reduceAnd and reduceOr', () => {
  it('start from every bit set, and from none', () => {
    expect(plain(reduceAnd(u32(0xfffffff6, 0xfffffff3), [0]))).toEqual([0xfffffff2])
    expect(plain(reduceOr(i32(6, -8), [0]))).toEqual([-2])
    expect(plain(reduceAnd(np.zeros([0], { dtype: 'bool' }), [0]))).toEqual([1])
    expect(plain(reduceOr(np.zeros([0], { dtype: 'bool' }), [0]))).toEqual([0])
  })
})

describe('bitcast', () => {
  it('keeps the bits both ways', () => {
    expect(plain(np.bitcast(np.array([1, -0]), 'uint32'))).toEqual([0x3f800000, 0x80000000])
    expect(plain(np.bitcast(u32(0x7f800000), 'float32'))).toEqual([Infinity])
  })

  it('refuses another width', () => {
    expect(() => np.bitcast(f64([1]), 'uint32')).toThrow(DTypeError)
  })
})

describe('comparisons', () => {
  it('are false beside NaN, but for notEqual', () => {
    const [x, y] = [f64([NaN, NaN]), f64([NaN, 1])]
    for (const f of [np.equal, np.less, np.lessEqual, np.greater, np.greaterEqual])
      expect(plain(f(x, y))).toEqual([0, 0])
    expect(plain(np.notEqual(x, y))).toEqual([1, 1])
  })

  it('tell NaN, infinite and finite apart', () => {
    const x = f64([0, NaN, Infinity, -Infinity])
    expect([np.isfinite, np.isnan, np.isinf].map((f) => plain(f(x)))).toEqual([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 1],
    ])
  })
})
