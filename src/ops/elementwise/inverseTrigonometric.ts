import { bind1 } from '../../graph/bind.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { elementwise } from '../rules/elementwise.js'
import { add, div, mul, neg, sub } from './arithmetic.js'
import { hypot } from './hypot.js'
import { alignFloats, toFloat } from './lift.js'
import { rsqrt } from './sqrt.js'
import { square } from './square.js'

/** 1/√(1 − x²); the factors are exact near ±1, where x² is not. */
const inverseSine = (x: Tensor): Tensor => rsqrt(mul(sub(1, x), add(x, 1)))

/** Elementwise arcsine, in [−π/2, π/2].   d asin(x) = dx/√(1 − x²) */
export const asinP = elementwise({
  name: 'asin',
  takes: 'float',
  jvp: [(dx, [x]) => mul(dx, inverseSine(x))],
})
/** Arcsine in radians. Integers become float32. */
export const asin = (x: TensorLike): Tensor => bind1(asinP, [toFloat(x)], {})

/** Elementwise arccosine, in [0, π].   d acos(x) = −dx/√(1 − x²) */
export const acosP = elementwise({
  name: 'acos',
  takes: 'float',
  jvp: [(dx, [x]) => neg(mul(dx, inverseSine(x)))],
})
/** Arccosine in radians. Integers become float32. */
export const acos = (x: TensorLike): Tensor => bind1(acosP, [toFloat(x)], {})

/** Elementwise arctangent, in [−π/2, π/2].   d atan(x) = dx/(1 + x²) */
export const atanP = elementwise({
  name: 'atan',
  takes: 'float',
  jvp: [(dx, [x]) => div(dx, add(square(x), 1))],
})
/** Arctangent in radians. Integers become float32. */
export const atan = (x: TensorLike): Tensor => bind1(atanP, [toFloat(x)], {})

/** x/(x² + y²) as x/h/h with h = √(x² + y²): squares overflow and vanish early. */
const overSquares = (x: Tensor, y: Tensor): Tensor => {
  const h = hypot(x, y)
  return div(div(x, h), h)
}

/** Angle of the point (x, y), in [−π, π].   d atan2(y, x) = (x·dy − y·dx)/(x² + y²) */
export const atan2P = elementwise({
  name: 'atan2',
  takes: 'float',
  jvp: [
    // ∂y: x/(x² + y²)
    (dy, [y, x]) => mul(dy, overSquares(x, y)),
    // ∂x: −y/(x² + y²)
    (dx, [y, x]) => neg(mul(dx, overSquares(y, x))),
  ],
})
/** Angle in radians between the x axis and the point (x, y), broadcast. Integers become float32. */
export const atan2 = (y: TensorLike, x: TensorLike): Tensor => bind1(atan2P, alignFloats('atan2', [y, x]), {})
