import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad, np, type Tensor } from '../../src/index.js'
import { f64, plain } from './doubles.js'

const i32 = (...values: readonly number[]) => np.array(Int32Array.from(values))

describe('div', () => {
  it('makes floats of integers', () => {
    const out = np.div(i32(7, -7), i32(2, 2))
    expect(out.dtype).toBe('float32')
    expect(plain(out)).toEqual([3.5, -3.5])
    expect(plain(np.div(i32(7), 0.5))).toEqual([14])
  })

  it('follows IEEE at 0', () => {
    expect(plain(np.div(f64([1, -1, 0]), 0))).toEqual([Infinity, -Infinity, NaN])
  })
})

describe('floorDivide and mod', () => {
  it.each([
    [7, 2, 3, 1],
    [-7, 2, -4, 1],
    [7, -2, -4, -1],
    [-7, -2, 3, -1],
    [6, 3, 2, 0],
    [-6, 3, -2, 0],
  ])('of %i by %i are %i and %i, for floats and integers', (x, y, quotient, remainder) => {
    expect(plain(np.floorDivide(f64([x]), y))).toEqual([quotient])
    expect(plain(np.floorDivide(i32(x), y))).toEqual([quotient])
    expect(plain(np.mod(f64([x]), y))).toEqual([remainder])
    expect(plain(np.mod(i32(x), y))).toEqual([remainder])
  })

  it('are right where x/y rounds up to a whole number', () => {
    expect(np.floorDivide(f64(6), 0.1).item()).toBe(59)
  })

  it('divide by 0 as floats do', () => {
    expect(plain(np.floorDivide(f64([1, -1, 0]), 0))).toEqual([Infinity, -Infinity, NaN])
  })

  it('satisfy x = ⌊x/y⌋·y + mod(x, y) on integers', () => {
    const int = fc.integer({ min: -10_000, max: 10_000 })
    fc.assert(
      fc.property(
        int,
        int.filter((y) => y !== 0),
        (x, y) => {
          const [q, r] = [np.floorDivide(i32(x), y).get(0).item(), np.mod(i32(x), y).get(0).item()]
          expect(q * y + r).toBe(x)
          expect(q).toBe(Math.floor(x / y) + 0) // integers have no −0
        },
      ),
      { numRuns: 50 },
    )
  })

  it('have derivatives 1 in x and −⌊x/y⌋ in y, and none', () => {
    const mod = (x: Tensor, y: Tensor) => np.mod(x, y).sum()
    const fmod = (x: Tensor, y: Tensor) => np.fmod(x, y).sum()
    const [x, y] = [f64([7, -7]), f64([2, 2])]
    expect(plain(grad(mod)(x, y))).toEqual([1, 1])
    expect(plain(grad(mod, { argnums: 1 })(x, y))).toEqual([-3, 4])
    expect(plain(grad(fmod, { argnums: 1 })(x, y))).toEqual([-3, 3])
    expect(plain(grad((a: Tensor) => np.floorDivide(a, y).sum())(x))).toEqual([0, 0])
  })
})

describe('round, floor, ceil', () => {
  it('round halves to even, and keep integers', () => {
    expect(plain(np.round(f64([0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994])))).toEqual([
      0, 2, 2, 0, -2, 0,
    ])
    expect(np.round(i32(3)).dtype).toBe('int32')
  })

  it('have derivative 0', () => {
    for (const f of [np.round, np.floor, np.ceil])
      expect(plain(grad((x: Tensor) => f(x).sum())(f64([0.5, 2])))).toEqual([0, 0])
  })
})
