import { coshP, sinhP, tanhP } from '../../../src/ops/elementwise/hyperbolic.js'
import { acoshP, asinhP, atanhP } from '../../../src/ops/elementwise/inverseHyperbolic.js'
import { reals } from './elements.js'
import { elementwiseRow, floats } from './elementwise.js'
import type { Row } from './row.js'

export const hyperbolic: readonly Row[] = [
  elementwiseRow({
    primitive: sinhP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.sinh(x),
    elements: () => [reals(-20, 20)],
    smooth: { elements: [reals(-2, 2)] },
  }),
  elementwiseRow({
    primitive: coshP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.cosh(x),
    elements: () => [reals(-20, 20)],
    smooth: { elements: [reals(-2, 2)] },
  }),
  elementwiseRow({
    primitive: tanhP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.tanh(x),
    elements: () => [reals(-20, 20)],
    smooth: { elements: [reals(-2, 2)] },
  }),
  elementwiseRow({
    primitive: asinhP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.asinh(x),
    elements: () => [reals(-50, 50)],
    smooth: { elements: [reals(-4, 4)] },
  }),
  elementwiseRow({
    primitive: acoshP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.acosh(x),
    elements: () => [reals(1, 50)],
    smooth: { elements: [reals(1.5, 5)] },
  }),
  elementwiseRow({
    primitive: atanhP,
    count: 1,
    dtypes: floats,
    scalar: ([x]) => Math.atanh(x),
    elements: () => [reals(-1, 1)],
    smooth: { elements: [reals(-0.75, 0.75)] },
  }),
]
