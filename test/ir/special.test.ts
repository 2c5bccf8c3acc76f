import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { digamma } from '../../src/ir/special/digamma.js'
import { erf, erfc } from '../../src/ir/special/erf.js'
import { erfInv } from '../../src/ir/special/erfInv.js'
import { lgamma } from '../../src/ir/special/lgamma.js'
import { polygamma } from '../../src/ir/special/polygamma.js'

type Table = Readonly<Record<string, readonly (readonly number[])[]>>

const table: Table = JSON.parse(
  readFileSync(new URL('./fixtures/specialValues.json', import.meta.url), 'utf8'),
)

const functions: Readonly<Record<string, (...x: number[]) => number>> = {
  erf,
  erfc,
  erfInv,
  lgamma,
  digamma,
  polygamma,
}

/** Relative to what is there, or to one where the function crosses zero between two negative integers. */
const tolerance = (x: number, y: number): number =>
  x < 0 ? 1e-14 * Math.max(1, Math.abs(y)) : 2e-15 * Math.abs(y)

describe('special functions at points computed with 60 digits', () => {
  for (const [name, rows] of Object.entries(table)) {
    it(`${name}: ${rows.length} values`, () => {
      expect(rows.length).toBeGreaterThanOrEqual(20)
      for (const row of rows) {
        const [args, want] = [row.slice(0, -1), row[row.length - 1]]
        const got = functions[name](...args)
        const error = Math.abs(got - want)
        expect(error, `${name}(${args}) = ${got}, not ${want}`).toBeLessThanOrEqual(
          tolerance(args[args.length - 1], want),
        )
      }
    })
  }
})

const { NaN: nan, POSITIVE_INFINITY: inf } = Number

const edges: readonly (readonly [string, readonly number[], number])[] = [
  ['erf', [nan], nan],
  ['erf', [inf], 1],
  ['erf', [-inf], -1],
  ['erf', [0], 0],
  ['erf', [-0], -0],
  ['erfc', [nan], nan],
  ['erfc', [inf], 0],
  ['erfc', [-inf], 2],
  ['erfc', [0], 1],
  ['erfc', [30], 0],
  ['erfInv', [nan], nan],
  ['erfInv', [1], inf],
  ['erfInv', [-1], -inf],
  ['erfInv', [1.5], nan],
  ['erfInv', [-inf], nan],
  ['erfInv', [-0], -0],
  ['lgamma', [nan], nan],
  ['lgamma', [inf], inf],
  ['lgamma', [-inf], inf],
  ['lgamma', [0], inf],
  ['lgamma', [-0], inf],
  ['lgamma', [-3], inf],
  ['lgamma', [1], 0],
  ['lgamma', [2], 0],
  ['lgamma', [-(2 ** 60)], inf],
  ['digamma', [nan], nan],
  ['digamma', [inf], inf],
  ['digamma', [-inf], nan],
  ['digamma', [0], nan],
  ['digamma', [-4], nan],
  ['polygamma', [1, nan], nan],
  ['polygamma', [0, inf], inf],
  ['polygamma', [1, inf], 0],
  ['polygamma', [1, -inf], nan],
  ['polygamma', [1, 0], inf],
  ['polygamma', [1, -2], inf],
  ['polygamma', [2, 0], nan],
  ['polygamma', [1, 1e-200], inf],
  ['polygamma', [1.5, 1], nan],
  ['polygamma', [-1, 1], nan],
]

describe('special functions at the edges', () => {
  it.each(edges)('%s(%j) = %d', (name, args, want) => {
    expect(functions[name](...args)).toBe(want)
  })

  it('are odd where they are odd', () => {
    for (const [name, row] of [
      ...table['erf'].map((r) => ['erf', r] as const),
      ...table['erfInv'].map((r) => ['erfInv', r] as const),
    ]) {
      expect(functions[name](-row[0])).toBe(-functions[name](row[0]))
    }
  })
})

describe('special functions on each other', () => {
  const points = [0.07, 0.3, 0.9, 1.7, 2.2, 5.5, 9.9, 10.1, 33.3]

  it('Γ(x+1) = x·Γ(x) and its derivatives', () => {
    for (const x of points) {
      expect(lgamma(x + 1) - lgamma(x)).toBeCloseTo(Math.log(x), 12)
      expect(digamma(x + 1) - digamma(x)).toBeCloseTo(1 / x, 12)
      for (const [n, factorial] of [
        [1, 1],
        [2, 2],
        [3, 6],
      ]) {
        const step = ((-1) ** n * factorial) / x ** (n + 1)
        expect((polygamma(n, x + 1) - polygamma(n, x)) / step).toBeCloseTo(1, 9)
      }
    }
  })

  it('erfc is the complement, erfInv the inverse', () => {
    for (const x of points.slice(0, 5)) {
      expect(erf(x) + erfc(x)).toBeCloseTo(1, 15)
      expect(erfInv(erf(x)) / x).toBeCloseTo(1, 12)
    }
  })

  it('polygamma(0, ·) is digamma', () => {
    for (const x of points) expect(polygamma(0, x)).toBe(digamma(x))
  })
})
