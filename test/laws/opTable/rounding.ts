import { ceilP, floorP, roundP } from '../../../src/ops/elementwise/rounding.js'
import { reals } from './elements.js'
import { elementwiseRow, floats } from './elementwise.js'
import type { Row } from './row.js'

/** Halves to the even neighbour; what rounds to zero keeps its sign. */
const halfEven = (x: number): number => {
  const away = Math.sign(x) * Math.round(Math.abs(x))
  const half = Math.abs(x) % 1 === 0.5
  const y = half ? 2 * Math.round(x / 2) : away
  return y === 0 && (x < 0 || Object.is(x, -0)) ? -0 : y
}

const distanceTo = (x: number, y: number): boolean => Math.abs(x - y) > 0.02

export const rounding: readonly Row[] = [
  elementwiseRow({
    primitive: floorP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.floor(x),
    elements: () => [reals(-8, 8)],
    smooth: { elements: [reals(-3, 3)], where: ([x]) => distanceTo(x, Math.round(x)) },
  }),
  elementwiseRow({
    primitive: ceilP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.ceil(x),
    elements: () => [reals(-8, 8)],
    smooth: { elements: [reals(-3, 3)], where: ([x]) => distanceTo(x, Math.round(x)) },
  }),
  elementwiseRow({
    primitive: roundP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => halfEven(x),
    elements: () => [reals(-8, 8)],
    smooth: { elements: [reals(-3, 3)], where: ([x]) => distanceTo(x, Math.floor(x) + 0.5) },
  }),
]
