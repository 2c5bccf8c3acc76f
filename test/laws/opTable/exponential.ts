import { cbrtP } from '../../../src/ops/elementwise/cbrt.js'
import { expm1P, expP, sigmoidP } from '../../../src/ops/elementwise/exp.js'
import { log1pP, logP } from '../../../src/ops/elementwise/log.js'
import { rsqrtP, sqrtP } from '../../../src/ops/elementwise/sqrt.js'
import { reals } from './elements.js'
import { elementwiseRow, floats } from './elementwise.js'
import type { OnDevice, Row } from './row.js'

/** e to a power, on devices. */
const power: OnDevice = { ulps: 6, why: 'the power of two is the device’s own, which is off by some 4' }

const logistic = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)))

/** A power, and one step of Newton's to undo its rounding; subnormal numbers, whose cubes lose digits, are scaled. */
const cubeRoot = (x: number): number => {
  if (x === 0 || !Number.isFinite(x)) return x
  if (Math.abs(x) < 2 ** -900) return cubeRoot(x * 2 ** 300) / 2 ** 100
  const y = Math.sign(x) * Math.abs(x) ** (1 / 3)
  return y - (y * y * y - x) / (3 * y * y)
}

export const exponential: readonly Row[] = [
  elementwiseRow({
    primitive: expP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.exp(x),
    device: power,
    elements: () => [reals(-20, 20)],
    smooth: { elements: [reals(-2, 2)] },
  }),
  elementwiseRow({
    primitive: expm1P,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.expm1(x),
    elements: () => [reals(-20, 20)],
    smooth: { elements: [reals(-2, 2)] },
  }),
  elementwiseRow({
    primitive: logP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.log(x),
    elements: () => [reals(0, 50)],
    smooth: { elements: [reals(0.25, 4)] },
  }),
  elementwiseRow({
    primitive: log1pP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.log1p(x),
    elements: () => [reals(-1, 50)],
    smooth: { elements: [reals(-0.75, 4)] },
  }),
  elementwiseRow({
    primitive: sqrtP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.sqrt(x),
    elements: () => [reals(0, 50)],
    smooth: { elements: [reals(0.25, 4)] },
  }),
  elementwiseRow({
    primitive: cbrtP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => cubeRoot(x),
    elements: () => [reals(-50, 50)],
    smooth: { elements: [reals(0.25, 4)] },
  }),
  elementwiseRow({
    primitive: rsqrtP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => 1 / Math.sqrt(x),
    elements: () => [reals(0, 50)],
    smooth: { elements: [reals(0.25, 4)] },
  }),
  elementwiseRow({
    primitive: sigmoidP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => logistic(x),
    device: power,
    elements: () => [reals(-30, 30)],
    smooth: { elements: [reals(-4, 4)] },
  }),
]
