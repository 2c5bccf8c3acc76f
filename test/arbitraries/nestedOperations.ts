import type { Tensor } from '../../src/graph/tensor.js'
import { mul } from '../../src/ops/arithmetic.js'
import { tanh } from '../../src/ops/hyperbolic.js'
import { reduceSum } from '../../src/ops/reduceSum.js'
import { customJvp, customVjp } from '../../src/transforms/customRules.js'
import { grad } from '../../src/transforms/grad.js'
import { jit } from '../../src/transforms/jit.js'
import { jvp } from '../../src/transforms/jvp.js'
import { vjp } from '../../src/transforms/vjp.js'
import { vmap } from '../../src/transforms/vmap.js'
import type { Operation } from './operands.js'

const total = (x: Tensor): Tensor => reduceSum(x, [...x.shape.keys()])

/** Transforms inside a program. All but the custom rules close over values from outside. */
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
}
