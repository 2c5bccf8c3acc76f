import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Lifetime, placed } from '../../../src/backends/wasm/memory/lifetimes.js'

const lifetime: fc.Arbitrary<Lifetime> = fc
  .tuple(fc.nat(5000), fc.nat(20), fc.nat(6))
  .map(([bytes, from, length]) => ({ bytes, from, to: from + length }))

/** The most bytes that live at once, each rounded up to where the next may begin. */
const most = (lifetimes: readonly Lifetime[]): number =>
  Math.max(
    0,
    ...lifetimes.map(({ from: at }) =>
      lifetimes
        .filter((l) => l.from <= at && at <= l.to)
        .reduce((sum, l) => sum + Math.ceil(l.bytes / 64) * 64, 0),
    ),
  )

/** Each at the least gap, of those that are wide enough, between what lives at the same time; the greatest first. */
const placedNaively = (lifetimes: readonly Lifetime[], begin: number): readonly number[] => {
  const sizes = lifetimes.map((l) => Math.ceil(l.bytes / 64) * 64)
  const places = new Map<number, number>()
  const order = [...lifetimes.keys()].sort((a, b) => lifetimes[b].bytes - lifetimes[a].bytes || a - b)
  for (const i of order) {
    const met = [...places]
      .filter(([j]) => lifetimes[i].from <= lifetimes[j].to && lifetimes[j].from <= lifetimes[i].to)
      .sort(([, a], [, b]) => a - b)
    const gaps = met.map(([, place], k) => {
      const free = Math.max(begin, ...met.slice(0, k).map(([j, p]) => p + sizes[j]))
      return { free, width: place - free }
    })
    const wide = gaps.filter(({ width }) => width >= sizes[i])
    const least = Math.min(...wide.map(({ width }) => width))
    const last = Math.max(begin, ...met.map(([j, p]) => p + sizes[j]))
    places.set(i, wide.find(({ width }) => width === least)?.free ?? last)
  }
  return lifetimes.map((_, i) => places.get(i) ?? Number.NaN)
}

describe('places for lifetimes', () => {
  it('are in the least gaps', () => {
    fc.assert(
      fc.property(fc.array(lifetime, { maxLength: 40 }), (lifetimes) => {
        expect(placed(lifetimes, 128).places).toEqual(placedNaively(lifetimes, 128))
      }),
    )
  })

  it('are apart where two live at the same time, and end where it is said', () => {
    fc.assert(
      fc.property(fc.array(lifetime, { maxLength: 40 }), fc.nat(10), (lifetimes, before) => {
        const begin = 64 * before
        const { places, end } = placed(lifetimes, begin)
        lifetimes.forEach((a, i) => {
          expect(places[i] % 64).toBe(0)
          expect(places[i]).toBeGreaterThanOrEqual(begin)
          expect(places[i] + a.bytes).toBeLessThanOrEqual(end)
          lifetimes.forEach((b, j) => {
            if (i < j && a.bytes > 0 && b.bytes > 0 && a.from <= b.to && b.from <= a.to)
              expect(places[i] + a.bytes <= places[j] || places[j] + b.bytes <= places[i]).toBe(true)
          })
        })
        expect(end - begin).toBeGreaterThanOrEqual(most(lifetimes))
      }),
    )
  })

  it('need no more than what lives at once, where in the order of steps small ones would part large ones', () => {
    const lifetimes = [
      { bytes: 64, from: 0, to: 9 },
      { bytes: 640, from: 0, to: 1 },
      { bytes: 64, from: 1, to: 9 },
      { bytes: 1280, from: 2, to: 3 },
      { bytes: 64, from: 3, to: 9 },
      { bytes: 2560, from: 4, to: 5 },
    ]
    expect(placed(lifetimes, 0).end).toBe(most(lifetimes))
  })
})
