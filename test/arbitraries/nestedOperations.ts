import { jit } from '../../src/compiler/jit.js'
import { zeros } from '../../src/functions/numpy/creation.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { add, mul } from '../../src/ops/elementwise/arithmetic.js'
import { gt, lt } from '../../src/ops/elementwise/comparison.js'
import { convert } from '../../src/ops/elementwise/convert.js'
import { tanh } from '../../src/ops/elementwise/hyperbolic.js'
import { and } from '../../src/ops/elementwise/logical.js'
import { cos } from '../../src/ops/elementwise/trigonometric.js'
import { iota } from '../../src/ops/movement/iota.js'
import { reshape } from '../../src/ops/movement/reshape.js'
import { reduceSum } from '../../src/ops/reductions/reduceSum.js'
import { cond, switchCase } from '../../src/transforms/branches.js'
import { customJvp, customVjp } from '../../src/transforms/customRules.js'
import { grad } from '../../src/transforms/grad.js'
import { jvp } from '../../src/transforms/jvp.js'
import { foriLoop, whileLoop } from '../../src/transforms/loops.js'
import { remat } from '../../src/transforms/remat.js'
import { scan } from '../../src/transforms/scan.js'
import { vjp } from '../../src/transforms/vjp.js'
import { vmap } from '../../src/transforms/vmap.js'
import type { Operation } from './operands.js'

const total = (x: Tensor): Tensor => reduceSum(x, [...x.shape.keys()])

/** What is carried, of the same type, after a step that gave y. */
const moved = (c: Tensor, y: Tensor): Tensor => tanh(add(c, convert(mul(total(y), 0.3), c.dtype)))

/** Numbers of x's type that depend on no input. */
const steady = (x: Tensor): Tensor => (x.size === 0 ? x : cos(reshape(iota(x.dtype, [x.size], 0), x.shape)))

/** Transforms and control flow inside a program. All but the custom rules close over values from outside. */
export const nestedOperations: Readonly<Record<string, Operation>> = {
  jit: (o) => {
    const x = o.float()
    const captured = o.float()
    if (x === null || captured === null) return null
    return jit((y: Tensor) => o.body([captured, y]))(x)
  },
  vmap: (o) => {
    const x = o.float(1)
    const captured = o.float()
    if (x === null || captured === null) return null
    const axis = o.axis(x)
    return vmap((y: Tensor) => o.body([captured, y]), axis)(x)
  },
  vmapPair: (o) => {
    const x = o.float(1)
    if (x === null) return null
    const captured = o.float()
    const inner = (y: Tensor, z: Tensor) => o.body(captured === null ? [y, z] : [captured, y, z])
    return vmap(inner, [0, o.coin() ? 0 : null], o.coin() ? 0 : -1)(x, tanh(x))
  },
  grad: (o) => {
    const x = o.float()
    const captured = o.float()
    if (x === null || captured === null) return null
    return tanh(grad((y: Tensor) => total(o.body([captured, y])))(x))
  },
  gradOfProduct: (o) => {
    const x = o.float()
    if (x === null) return null
    // the same value captured and differentiated: the two must not be confused
    return grad((y: Tensor) => mul(total(mul(x, y)), tanh(total(o.body([y])))))(x).mul(0.1)
  },
  jvp: (o) => {
    const x = o.float()
    const captured = o.float()
    if (x === null || captured === null) return null
    return tanh(jvp((y: Tensor) => o.body([captured, y]), [x], [tanh(x)])[1])
  },
  customJvp: (o) => {
    const x = o.float()
    if (x === null) return null
    const plain = (y: Tensor) => o.body([y])
    return customJvp(plain, ([y], [dy]) => jvp(plain, [y], [dy]))(x)
  },
  customVjp: (o) => {
    const x = o.float()
    if (x === null) return null
    const plain = (y: Tensor) => o.body([y])
    return customVjp(
      plain,
      (y): [Tensor, Tensor] => [plain(y), y],
      (y, ct): [Tensor] => vjp(plain, y)[1](ct),
    )(x)
  },
  scan: (o) => {
    const xs = o.float(1)
    const start = o.float()
    const captured = o.float()
    if (xs === null || start === null || captured === null) return null
    const step = (c: Tensor, x: Tensor): [Tensor, Tensor] => {
      const y = o.body([captured, c, x])
      return [moved(c, y), y]
    }
    const options = { reverse: o.coin(), unroll: 1 + o.below(2) }
    const [last, ys] = scan(step, start, xs, options)
    return o.coin() ? last : ys
  },
  remat: (o) => {
    const x = o.float()
    const captured = o.float()
    if (x === null || captured === null) return null
    const policy = (['nothing', 'everything', 'dots', 'dotsWithoutBatch'] as const)[o.below(4)]
    return remat((y: Tensor) => o.body([captured, y]), { policy })(x)
  },
  foriLoop: (o) => {
    const x = o.float()
    const captured = o.float()
    if (x === null || captured === null) return null
    return foriLoop(0, o.below(4), (i, c: Tensor) => moved(c, mul(o.body([captured, c]), i)), x)
  },
  cond: (o) => {
    const x = o.float()
    const captured = o.float()
    if (x === null || captured === null) return null
    return cond(
      gt(total(captured), 0.1),
      (y: Tensor) => o.body([captured, y]),
      (y: Tensor) => tanh(o.body([captured, mul(y, 0.5)])),
      x,
    )
  },
  switchCase: (o) => {
    const x = o.float()
    const index = o.integer()
    if (x === null) return null
    const branches = [1, 2, 3].map((scale) => (y: Tensor) => mul(o.body([y]), scale))
    return switchCase(index === null || index.ndim > 0 ? o.below(4) : index, branches, x)
  },
  whileLoop: (o) => {
    const x = o.float()
    if (x === null) return null
    // there is no reverse mode, so it runs on numbers that depend on no input
    const [, y] = whileLoop(
      ([i, c]: readonly [Tensor, Tensor]) => and(lt(i, 3), lt(total(mul(c, c)), 4)),
      ([i, c]: readonly [Tensor, Tensor]): readonly [Tensor, Tensor] => [
        add(i, 1),
        moved(mul(c, 2), o.body([c])),
      ],
      [zeros([]), steady(x)],
    )
    return y
  },
}
