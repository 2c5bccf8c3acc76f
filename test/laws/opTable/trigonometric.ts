import { acosP, asinP, atan2P, atanP } from '../../../src/ops/elementwise/inverseTrigonometric.js'
import { cosP, sinP, tanP } from '../../../src/ops/elementwise/trigonometric.js'
import { reals } from './elements.js'
import { elementwiseRow, floats } from './elementwise.js'
import type { OnDevice, Row } from './row.js'

const reduced: OnDevice = {
  ulps: 32,
  largest: 2 ** 24 + 2,
  why: 'multiples of π/2 are subtracted in parts that are exact up to there; beyond, the result is NaN',
}

export const trigonometric: readonly Row[] = [
  elementwiseRow({
    primitive: sinP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.sin(x),
    device: reduced,
    elements: () => [reals(-100, 100)],
    smooth: { elements: [reals(-4, 4)] },
  }),
  elementwiseRow({
    primitive: cosP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.cos(x),
    device: reduced,
    elements: () => [reals(-100, 100)],
    smooth: { elements: [reals(-4, 4)] },
  }),
  elementwiseRow({
    primitive: tanP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.tan(x),
    device: reduced,
    elements: () => [reals(-100, 100)],
    smooth: { elements: [reals(-1.2, 1.2)] },
  }),
  elementwiseRow({
    primitive: asinP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.asin(x),
    elements: () => [reals(-1, 1)],
    smooth: { elements: [reals(-0.75, 0.75)] },
  }),
  elementwiseRow({
    primitive: acosP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.acos(x),
    elements: () => [reals(-1, 1)],
    smooth: { elements: [reals(-0.75, 0.75)] },
  }),
  elementwiseRow({
    primitive: atanP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.atan(x),
    elements: () => [reals(-50, 50)],
    smooth: { elements: [reals(-4, 4)] },
  }),
  elementwiseRow({
    primitive: atan2P,
    count: 2,
    dtypes: floats,
    scalar: ([y, x]) => Math.atan2(y, x),
    smooth: {
      elements: [reals(-3, 3)],
      where: ([y, x]) => Math.hypot(x, y) > 0.3 && (x > 0 || Math.abs(y) > 0.1),
    },
  }),
]
