import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boxSize, type Layout, layeredLayout } from '../../../src/compiler/explain/layeredLayout.js'

/** Graphs whose nodes come after what they need. */
const graphs = fc
  .array(fc.array(fc.nat(1000), { maxLength: 4 }), { maxLength: 60 })
  .map((wishes) => wishes.map((wish, i) => (i === 0 ? [] : [...new Set(wish.map((n) => n % i))])))

type Point = readonly [x: number, y: number]

/** Points along a line. */
const along = (line: string): readonly Point[] => {
  const numbers = [...line.matchAll(/-?[\d.]+/g)].map(Number)
  const [x1, y1] = numbers
  const steps = Array.from({ length: 41 }, (_, i) => i / 40)
  if (line.includes('V')) return steps.map((t) => [x1, y1 + t * (numbers[2] - y1)])
  const [, , x2, y2, x3, y3, x4, y4] = numbers
  const bezier = (t: number, a: number, b: number, c: number, d: number): number =>
    (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t ** 2 * c + t ** 3 * d
  return steps.map((t) => [bezier(t, x1, x2, x3, x4), bezier(t, y1, y2, y3, y4)])
}

const isWithin = ({ x, y }: Layout['boxes'][number], [px, py]: Point): boolean =>
  px > x + 1e-6 && px < x + boxSize.width - 1e-6 && py > y + 1e-6 && py < y + boxSize.height - 1e-6

describe('layeredLayout', () => {
  it('keeps every box in sight, and apart from others', () => {
    fc.assert(
      fc.property(graphs, (needs) => {
        const { width, height, boxes } = layeredLayout(needs)
        expect(boxes).toHaveLength(needs.length)
        for (const [i, a] of boxes.entries()) {
          expect(Math.min(a.x, a.y)).toBeGreaterThanOrEqual(0)
          expect(a.x + boxSize.width).toBeLessThanOrEqual(width)
          expect(a.y + boxSize.height).toBeLessThanOrEqual(height)
          for (const b of boxes.slice(0, i))
            expect(a.y !== b.y || Math.abs(a.x - b.x) >= boxSize.width).toBe(true)
        }
      }),
    )
  })

  it('draws a box below all that it needs, and no line through a box', () => {
    fc.assert(
      fc.property(graphs, (needs) => {
        const { boxes, lines } = layeredLayout(needs)
        needs.forEach((from, i) => {
          for (const n of from) expect(boxes[n].y).toBeLessThan(boxes[i].y)
        })
        for (const line of lines)
          for (const point of along(line)) expect(boxes.some((box) => isWithin(box, point))).toBe(false)
      }),
    )
  })

  it('leads a line, or a word, from each box to each that needs it', () => {
    fc.assert(
      fc.property(graphs, (needs) => {
        const { boxes, lines, far } = layeredLayout(needs)
        const ends = new Map<string, string[]>()
        for (const line of lines) {
          const points = along(line)
          const key = (point: Point | undefined) => (point ?? [0, 0]).map((v) => v.toFixed(3)).join()
          ends.set(key(points[0]), [...(ends.get(key(points[0])) ?? []), key(points.at(-1))])
        }
        const place = (i: number, y: number): string =>
          [boxes[i].x + boxSize.width / 2, boxes[i].y + y].map((v) => v.toFixed(3)).join()
        needs.forEach((from, i) => {
          for (const n of from) {
            const reached = new Set([place(n, boxSize.height)])
            for (const point of reached) for (const next of ends.get(point) ?? []) reached.add(next)
            const isTold = far.some(({ box, needs }) => box === i && needs === n)
            expect(reached.has(place(i, 0))).toBe(!isTold)
          }
        })
      }),
    )
  })

  it('puts many inputs in several rows, each right above what reads them', () => {
    const inputs = Array.from({ length: 20 }, () => [])
    const { boxes, width } = layeredLayout([
      ...inputs,
      [0, 1],
      ...Array.from({ length: 9 }, (_, i) => [20 + i, i + 2]),
    ])
    expect(width).toBeLessThan(8 * (boxSize.width + 30))
    // the input that only the last reads
    expect(boxes[29].y - boxes[10].y).toBe(74)
  })

  it('stays small for chains whose values are read again on the way back', () => {
    const length = 1000
    const needs = Array.from({ length }, (_, i) =>
      i === 0 ? [] : i < length / 2 ? [i - 1] : [i - 1, length - 1 - i],
    )
    const { lines, width } = layeredLayout(needs)
    expect(lines.length).toBeLessThan(20 * length)
    expect(width).toBeLessThan(1500)
  })
})
