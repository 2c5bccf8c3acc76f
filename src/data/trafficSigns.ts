import { GradError } from '../graph/errors.js'
import { foldIn } from '../random/foldIn.js'
import { key } from '../random/key.js'
import { uniform } from '../random/uniform.js'
import type { ImageSet } from './imageSet.js'

type Color = readonly [red: number, green: number, blue: number]
type Region = (x: number, y: number) => boolean

const white: Color = [0.95, 0.95, 0.95]
const black: Color = [0.08, 0.08, 0.08]
const red: Color = [0.8, 0.1, 0.12]
const blue: Color = [0.1, 0.3, 0.75]
const yellow: Color = [0.95, 0.8, 0.15]

/** Outlines of radius 1 about 0, y down. */
const circle: Region = (x, y) => x * x + y * y < 1
const triangle: Region = (x, y) => y < 0.7 && Math.abs(x) * 1.75 < y + 1
const diamond: Region = (x, y) => Math.abs(x) + Math.abs(y) < 1
const octagon: Region = (x, y) =>
  Math.max(Math.abs(x), Math.abs(y), (Math.abs(x) + Math.abs(y)) * 0.72) < 0.95

/** A sign without its glyph: outline, rim, ground, ink. */
const plates = [
  { name: 'red circle', outline: circle, rim: red, ground: white, ink: black },
  { name: 'red triangle', outline: triangle, rim: red, ground: white, ink: black },
  { name: 'blue circle', outline: circle, rim: white, ground: blue, ink: white },
  { name: 'yellow diamond', outline: diamond, rim: white, ground: yellow, ink: black },
  { name: 'red octagon', outline: octagon, rim: white, ground: red, ink: white },
] as const

/** What is drawn on a plate, within ±1. */
const glyphs: readonly { readonly name: string; readonly ink: Region }[] = [
  { name: 'blank', ink: () => false },
  { name: 'bar', ink: (x, y) => Math.abs(y) < 0.3 && Math.abs(x) < 0.9 },
  { name: 'pole', ink: (x, y) => Math.abs(x) < 0.3 && Math.abs(y) < 0.9 },
  { name: 'cross', ink: (x, y) => Math.min(Math.abs(x + y), Math.abs(x - y)) < 0.35 && x * x + y * y < 0.9 },
  { name: 'dot', ink: (x, y) => x * x + y * y < 0.3 },
  { name: 'ring', ink: (x, y) => Math.abs(Math.hypot(x, y) - 0.6) < 0.2 },
  {
    name: 'arrow up',
    ink: (x, y) => (y < 0.1 && Math.abs(x) < y + 0.9) || (y >= 0.1 && y < 0.9 && Math.abs(x) < 0.22),
  },
  {
    name: 'arrow left',
    ink: (x, y) => (x < 0.1 && Math.abs(y) < x + 0.9) || (x >= 0.1 && x < 0.9 && Math.abs(y) < 0.22),
  },
  { name: 'two dots', ink: (x, y) => (Math.abs(x) - 0.5) ** 2 + y * y < 0.12 },
]

const classCount = 43
const kinds = plates
  .flatMap((plate) => glyphs.map((glyph) => ({ name: `${plate.name}, ${glyph.name}`, plate, glyph })))
  .slice(0, classCount)

/** A sign's colour at a place, or null beside it. */
const colorAt = ({ plate, glyph }: (typeof kinds)[number], x: number, y: number): Color | null => {
  if (!plate.outline(x, y)) return null
  if (!plate.outline(x * 1.25, y * 1.25)) return plate.rim
  // the middle of a triangle is below the middle of its box
  return glyph.ink(x * 2.2, (y - (plate.outline === triangle ? 0.15 : 0)) * 2.2) ? plate.ink : plate.ground
}

/**
 * Synthetic traffic signs: 43 classes, as many as the German benchmark (GTSRB) has, but **drawn, not photographed**: an
 * outline, its colours and a glyph, at random places and sizes, a little turned, in random light on a random ground, with noise. A
 * stand-in to run a network of that many classes on, which says nothing about real signs. RGB, size × size; image i is
 * of class i mod 43, and depends on the seed and i alone.
 * @throws GradError unless count and size are positive integers
 * @example
 * ```ts
 * import { data } from 'grad-ts/io'
 * const signs = data.trafficSigns({ count: 50, size: 24, seed: 0 })
 * signs.classes.length // => 43
 * signs.pixels.length // => 86400
 * ```
 */
export const trafficSigns = ({
  count,
  size,
  seed,
}: {
  readonly count: number
  readonly size: number
  readonly seed: number
}): ImageSet => {
  if (![count, size].every((n) => Number.isInteger(n) && n > 0))
    throw new GradError(`trafficSigns: a positive count and size are required, got ${count} and ${size}.`)
  const area = size * size
  const pixels = new Uint8Array(count * 3 * area)
  for (let i = 0; i < count; i++) {
    const [left, top, larger, turn, light, r, g, b, ...noise] = uniform(foldIn(key(seed), i), [
      8 + 3 * area,
    ]).dataSync()
    const ground = [r, g, b].map((v) => 0.2 + 0.5 * v)
    const radius = (0.3 + 0.15 * larger) * size
    const center = [left, top].map((v) => (0.45 + 0.1 * v) * (size - 1))
    const angle = (turn - 0.5) * 0.35
    const [c, s] = [Math.cos(angle), Math.sin(angle)]
    for (let p = 0; p < area; p++) {
      const x = ((p % size) - center[0]) / radius
      const y = (Math.floor(p / size) - center[1]) / radius
      const color = colorAt(kinds[i % classCount], c * x + s * y, c * y - s * x) ?? ground
      for (let channel = 0; channel < 3; channel++) {
        const value = color[channel] * (0.55 + 0.45 * light) + 0.1 * (noise[channel * area + p] - 0.5)
        pixels[(3 * i + channel) * area + p] = Math.round(255 * Math.min(1, Math.max(0, value)))
      }
    }
  }
  return {
    count,
    channels: 3,
    height: size,
    width: size,
    pixels,
    labels: Uint32Array.from({ length: count }, (_, i) => i % classCount),
    classes: kinds.map(({ name }) => name),
  }
}
