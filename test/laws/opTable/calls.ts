import * as fc from 'fast-check'
import { jit } from '../../../src/compiler/jit.js'
import { stack } from '../../../src/functions/numpy/joining.js'
import type { NoParams } from '../../../src/graph/primitive.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import { type DType, storedValue } from '../../../src/ir/dtype.js'
import { callP } from '../../../src/ops/control/call.js'
import { checkpointName, checkpointNameP } from '../../../src/ops/control/checkpointName.js'
import { customJvpP } from '../../../src/ops/control/customJvp.js'
import { customVjpLinearP, customVjpP } from '../../../src/ops/control/customVjp.js'
import { rematP } from '../../../src/ops/control/remat.js'
import { add, mul } from '../../../src/ops/elementwise/arithmetic.js'
import { cos, sin } from '../../../src/ops/elementwise/trigonometric.js'
import { reduceSum } from '../../../src/ops/reductions/reduceSum.js'
import { customJvp, customVjp } from '../../../src/transforms/customRules.js'
import { linearTranspose } from '../../../src/transforms/linearTranspose.js'
import { remat } from '../../../src/transforms/remat.js'
import { linearize, vjp } from '../../../src/transforms/vjp.js'
import { vmap } from '../../../src/transforms/vmap.js'
import type { Plain } from '../plain.js'
import { reals } from './elements.js'
import { alike, floats } from './elementwise.js'
import { notElementwise } from './movement.js'
import type { Expected, Row, Ulps } from './row.js'

const ulps: Ulps = { float32: 64, float64: 64, why: 'several operations, each rounded' }

const pairs = (dtype: DType) => alike(dtype, 2, [reals(-2, 2)], fc.constant({}))

const pointwise = (xs: readonly Plain[], f: (...xs: number[]) => number): Expected => ({
  ...xs[0],
  data: xs[0].data.map((_, i) => storedValue(xs[0].dtype, f(...xs.map((x) => x.data[i])))),
  scale: xs[0].data.map((_, i) => xs.reduce((s, x) => s + Math.abs(x.data[i]), 1)),
})

const base = {
  dtypes: floats,
  ulps,
  forms: pairs,
  smooth: { forms: pairs('float64') },
  edges: () => notElementwise,
  exceptions: {},
} satisfies Partial<Row<NoParams>>

/** An output computed, one handed through, and one reduced: every kind of residual. */
const called = jit((x: Tensor, y: Tensor): readonly Tensor[] => [
  mul(sin(x), y),
  x,
  reduceSum(mul(y, y), [...y.shape.keys()]),
])

const callRow: Row<NoParams> = {
  ...base,
  primitive: callP,
  apply: ([x, y]) => called(x, y),
  oracle: ([x, y]) => [
    pointwise([x, y], (a, b) => Math.sin(a) * b),
    x,
    {
      dtype: y.dtype,
      shape: [],
      data: [
        storedValue(
          y.dtype,
          y.data.reduce((s, b) => s + b * b, 0),
        ),
      ],
      scale: [y.data.reduce((s, b) => s + b * b, 0)],
    },
  ],
}

/** x·y², and sin x: what both custom rules are about. */
const plainly = (x: Tensor, y: Tensor): Tensor[] => [mul(mul(x, y), y), sin(x)]
const plainValues = ([x, y]: readonly Plain[]): readonly Expected[] => [
  pointwise([x, y], (a, b) => a * b * b),
  pointwise([x], (a) => Math.sin(a)),
]

const forwards = customJvp(plainly, ([x, y], [dx, dy]) => [
  plainly(x, y),
  // d(x·y²) = y²·dx + 2xy·dy;  d sin x = cos x·dx
  [add(mul(mul(y, y), dx), mul(mul(mul(x, y), 2), dy)), mul(cos(x), dx)],
])

const customJvpRow: Row<NoParams> = {
  ...base,
  primitive: customJvpP,
  apply: ([x, y]) => forwards(x, y),
  oracle: plainValues,
}

const backwards = customVjp(
  plainly,
  (x, y): [Tensor[], Tensor[]] => [plainly(x, y), [x, y]],
  ([x, y], [ct, ctSin]) => [add(mul(mul(y, y), ct), mul(cos(x), ctSin)), mul(mul(mul(x, y), 2), ct)],
)

const customVjpRow: Row<NoParams> = {
  ...base,
  primitive: customVjpP,
  apply: ([x, y]) => backwards(x, y),
  oracle: plainValues,
  only: 'reverse',
}

/** Two lanes, the second three times the first. */
const twice = (t: Tensor): Tensor => stack([t, mul(t, 3)])
const lanesOf = ({ dtype, shape, data, scale = data }: Expected): Expected => ({
  dtype,
  shape: [2, ...shape],
  data: [...data, ...data.map((v) => storedValue(dtype, v * 3))],
  scale: [...scale, ...scale.map((v) => v * 3)],
})

/**
 * Only the transpose of this primitive can be evaluated, here as it is, and with lanes; operands are x, y and the two
 * cotangents.
 */
const customVjpLinearRow: Row<NoParams> = {
  ...base,
  primitive: customVjpLinearP,
  forms: (dtype) => alike(dtype, 4, [reals(-2, 2)], fc.constant({})),
  smooth: { forms: alike('float64', 4, [reals(-2, 2)], fc.constant({})) },
  apply: ([x, y, ct, ctSin]) => [
    ...vjp(backwards, x, y)[1]([ct, ctSin]),
    ...linearTranspose(vmap(linearize(backwards, x, y)[1]), twice(x), twice(y))([twice(ct), twice(ctSin)]),
  ],
  oracle: ([x, y, ct, ctSin]) => {
    const cts = [
      pointwise([x, y, ct, ctSin], (a, b, c, d) => b * b * c + Math.cos(a) * d),
      pointwise([x, y, ct], (a, b, c) => 2 * a * b * c),
    ]
    return [...cts, ...cts.map(lanesOf)]
  },
}

/** With a named value, and a product that is not kept. */
const rematted = remat(
  (x: Tensor, y: Tensor): readonly Tensor[] => {
    const s = checkpointName(sin(x), 'sine')
    return [mul(mul(s, y), cos(s)), x]
  },
  { policy: { names: ['sine'] } },
)

const rematRow: Row<NoParams> = {
  ...base,
  primitive: rematP,
  apply: ([x, y]) => rematted(x, y),
  oracle: ([x, y]) => [pointwise([x, y], (a, b) => Math.sin(a) * b * Math.cos(Math.sin(a))), x],
}

const checkpointNameRow: Row<NoParams> = {
  ...base,
  primitive: checkpointNameP,
  forms: (dtype) => alike(dtype, 1, [reals(-2, 2)], fc.constant({})),
  smooth: { forms: alike('float64', 1, [reals(-2, 2)], fc.constant({})) },
  apply: ([x]) => [checkpointName(x, 'x')],
  oracle: ([x]) => [x],
}

export const calls: readonly Row[] = [
  rematRow,
  checkpointNameRow,
  callRow,
  customJvpRow,
  customVjpRow,
  customVjpLinearRow,
]
