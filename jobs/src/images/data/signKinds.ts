/** Parts of full light. */
export type Color = readonly [red: number, green: number, blue: number]
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

/** The symbol on a plate, within ±1. */
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

/** As many as the German benchmark (GTSRB) has. */
export const signClassCount = 43
/** All kinds of signs; a sign's class is its place here. */
export const signKinds = plates
  .flatMap((plate) => glyphs.map((glyph) => ({ name: `${plate.name}, ${glyph.name}`, plate, glyph })))
  .slice(0, signClassCount)

/** A sign's colour at a place, its middle being 0 and its radius 1, or null beside it. */
export const signColor = (
  { plate, glyph }: (typeof signKinds)[number],
  x: number,
  y: number,
): Color | null => {
  if (!plate.outline(x, y)) return null
  if (!plate.outline(x * 1.25, y * 1.25)) return plate.rim
  // the middle of a triangle is below the middle of its box
  return glyph.ink(x * 2.2, (y - (plate.outline === triangle ? 0.15 : 0)) * 2.2) ? plate.ink : plate.ground
}
