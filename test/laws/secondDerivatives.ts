import type { Tensor } from '../../src/graph/tensor.js'
import { splat } from '../../src/graph/tensor.js'
import { aval } from '../../src/ir/aval.js'
import { add, mul } from '../../src/ops/elementwise/arithmetic.js'
import { reduceSum } from '../../src/ops/reductions/reduceSum.js'
import { fullLike } from '../../src/ops/rules/rules.js'
import { jvp } from '../../src/transforms/jvp.js'
import { vjp } from '../../src/transforms/vjp.js'
import { Violation } from './closeness.js'
import { differences, inner, length } from './differences.js'
import { type Plain, toPlain, toTensor } from './plain.js'
import { Salt } from './salt.js'
import type { Point } from './trials.js'

type Tensors = readonly Tensor[]

const dot = (xs: Tensors, ys: Tensors): Tensor =>
  xs.map((x, k) => reduceSum(mul(x, ys[k]), [...x.shape.keys()])).reduce(add, splat(0, aval([], 'float64')))

/** What second derivatives are compared by. */
export type SecondOrder = {
  /** Derivative of ⟨∇φ, v⟩ in direction u, by the order of the two differentiations (the outer one first). */
  readonly orders: Readonly<Record<string, () => number>>
  /** The same by differences of ∇φ, and the magnitude it is measured on. */
  readonly numeric: number
  readonly scale: number
}

/** Second derivatives of φ = ⟨w, f⟩ in directions u and v, for random u, v, w. */
export const secondDerivatives = (point: Point, salt: number): SecondOrder => {
  const random = new Salt(salt)
  const v = point.at.map((x) => random.direction(x))
  const u = point.at.map((x) => random.direction(x))
  const xs = point.at.map(toTensor)
  const weights = point.f(...xs).map((y) => toTensor(random.direction(toPlain(y))))
  const [vs, us] = [v.map(toTensor), u.map(toTensor)]
  const phi = (...args: Tensors): Tensor => dot(point.f(...args), weights)
  const gradient = (...args: Tensors): Tensors => {
    const [value, pull] = vjp(phi, ...args)
    return pull(fullLike(value, 1))
  }
  const slope = (...args: Tensors): Tensor => jvp(phi, args, vs)[1]
  const paired = (...args: Tensors): Tensor => dot(gradient(...args), vs)
  const number = (t: Tensor): number => toPlain(t).data[0]
  const pulled = (g: (...args: Tensors) => Tensor): number => {
    const [value, pull] = vjp(g, ...xs)
    return number(dot(pull(fullLike(value, 1)), us))
  }
  const numeric: readonly Plain[] = differences({ f: gradient, at: point.at }, u)
  return {
    orders: {
      'forward over forward': () => number(jvp(slope, xs, us)[1]),
      'forward over reverse': () => number(jvp(paired, xs, us)[1]),
      'reverse over forward': () => pulled(slope),
      'reverse over reverse': () => pulled(paired),
    },
    numeric: inner(numeric, v),
    scale: 1 + length(numeric) * length(v),
  }
}

/** Orders that need no forward rule of the function itself. */
export const reverseInside: readonly string[] = ['forward over reverse', 'reverse over reverse']

/**
 * All orders agree with each other to 1e-9 and with differences to `tolerance`. Returns the largest error.
 * @throws Violation
 */
export const requireSecondOrder = (
  { orders, numeric, scale }: SecondOrder,
  tolerance: number,
  names: readonly string[] = Object.keys(orders),
): number => {
  const results = names.map((name) => ({ name, value: orders[name]() }))
  const [first] = results
  return results.reduce((worst, { name, value }) => {
    const apart = Math.abs(value - first.value) / scale
    if (!(apart <= 1e-9))
      throw new Violation(`${name}: ${first.value} as by ${first.name} is required, got ${value}`)
    const error = Math.abs(value - numeric) / scale
    if (!(error <= tolerance))
      throw new Violation(`${name}: ${numeric} by differences is required, got ${value}, ${error} off`)
    return Math.max(worst, tolerance === Infinity ? apart : error)
  }, 0)
}
