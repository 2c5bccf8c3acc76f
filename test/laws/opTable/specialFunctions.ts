import * as fc from 'fast-check'
import { erfcP, erfInvP, erfP } from '../../../src/ops/elementwise/erf.js'
import { digammaP, lgammaP, type PolygammaParams, polygammaP } from '../../../src/ops/elementwise/gamma.js'
import { reals } from './elements.js'
import { elementwiseRow, floats } from './elementwise.js'
import type { Row, Ulps } from './row.js'
import {
  digammaOracle,
  erfcOracle,
  erfInvOracle,
  erfOracle,
  lgammaOracle,
  lgammaScale,
  polygammaOracle,
  reciprocalScale,
} from './specialOracles.js'

/** The library's values are held to 60-digit ones elsewhere; here the oracles are the less exact side. */
const byOracle = (ulps: number): Ulps => ({ float32: 1, float64: ulps, why: 'rounding of the oracle itself' })

/** Everywhere but far below zero, where the oracles do not reach. */
const limits = fc.constantFrom(
  0,
  -0,
  1,
  2,
  0.5,
  -0.5,
  -1,
  -2,
  2 ** -126,
  -(2 ** -126),
  30,
  Infinity,
  -Infinity,
  Number.NaN,
)

/** Not on a pole, nor beside one. */
const awayFromPoles = ([x]: readonly number[]): boolean => x > 0.2 || Math.abs(x - Math.round(x)) > 0.2

export const specialFunctions: readonly Row[] = [
  elementwiseRow({
    primitive: erfP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => erfOracle(x),
    elements: () => [reals(-6, 6)],
    ulps: byOracle(64),
    smooth: { elements: [reals(-2, 2)] },
  }),
  elementwiseRow({
    primitive: erfcP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => erfcOracle(x),
    elements: () => [reals(-6, 10)],
    ulps: byOracle(2048),
    smooth: { elements: [reals(-2, 2)] },
  }),
  elementwiseRow({
    primitive: erfInvP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => erfInvOracle(x),
    elements: () => [reals(-0.999, 0.999)],
    edges: () => [fc.constantFrom(0, -0, 1, -1, 0.5, -0.5, 2, -2, Infinity, -Infinity, Number.NaN)],
    ulps: byOracle(2048),
    smooth: { elements: [reals(-0.75, 0.75)] },
  }),
  elementwiseRow({
    primitive: lgammaP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => lgammaOracle(x),
    scale: ([x]) => lgammaScale(x),
    elements: () => [reals(-5, 30)],
    edges: () => [limits],
    ulps: byOracle(64),
    smooth: { elements: [reals(-3, 5)], where: awayFromPoles },
  }),
  elementwiseRow({
    primitive: digammaP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => digammaOracle(x),
    scale: ([x]) => reciprocalScale(0, x),
    elements: () => [reals(-5, 30)],
    edges: () => [limits],
    ulps: byOracle(64),
    smooth: { elements: [reals(-3, 5)], where: awayFromPoles },
  }),
  elementwiseRow<PolygammaParams>({
    primitive: polygammaP,
    count: 1,
    dtypes: floats,
    scalar: ([x], _dtype, { order }) => polygammaOracle(order, x),
    scale: ([x], { order }) => reciprocalScale(order, x),
    elements: () => [reals(-5, 30)],
    edges: () => [limits],
    params: () => fc.record({ order: fc.integer({ min: 1, max: 4 }) }),
    ulps: byOracle(256),
    smooth: { elements: [reals(0.5, 5)], tolerance: 1e-6 },
  }),
]
