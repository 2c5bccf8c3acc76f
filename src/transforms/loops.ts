import { flatten, requireSameTree, unflatten } from '../graph/pytree.js'
import type { Tensor, TensorLike } from '../graph/tensor.js'
import { trace } from '../graph/trace.js'
import { formatAval } from '../ir/aval.js'
import { isInteger } from '../ir/dtype.js'
import { DTypeError, ShapeError } from '../ir/errors.js'
import { bindWhile } from '../ops/control/while.js'
import { add } from '../ops/elementwise/arithmetic.js'
import { lt } from '../ops/elementwise/comparison.js'
import { convert } from '../ops/elementwise/convert.js'
import { toTensor } from '../ops/elementwise/lift.js'
import { scanNamed, traceBody } from './scan.js'
import { displayName, flatFunction, flattenTensors } from './treeFunction.js'

/**
 * `body` again and again while `condition` holds for the carried value. The number of runs is not known in advance, so it
 * has forward derivatives only; under `vmap`, lanes that are done keep their values while others go on.
 * @throws ShapeError where the condition is not a bool scalar, or a carried leaf changes its shape or dtype
 * @example
 * ```ts
 * whileLoop((x: Tensor) => x.less(100), (x: Tensor) => x.mul(3), np.array(2)) // => 162
 * ```
 */
export const whileLoop = <C>(condition: (carry: C) => TensorLike, body: (carry: C) => C, init: C): C =>
  whileNamed(displayName('whileLoop', body), condition, body, init)

/** `whileLoop` under the name that messages use. */
const whileNamed = <C>(
  name: string,
  condition: (carry: C) => TensorLike,
  body: (carry: C) => C,
  init: C,
): C => {
  const start = flattenTensors(init)
  const argDef = flatten([init]).def
  const { traced, init: initial } = traceBody(name, start, [], (args) => {
    const flat = flatFunction(name, body, argDef)
    const carried = flat.call(args)
    requireSameTree(`${name}: carry`, start.def, flat.outDef())
    return { carried, rest: [] }
  })
  const asks = flatFunction(name, condition, argDef)
  const asked = trace(
    name,
    initial.map((t) => t.aval),
    asks.call,
  )
  const answers = asked.graph.outputs.map((a) => a.aval)
  if (answers.length !== 1 || answers[0].shape.length > 0 || answers[0].dtype !== 'bool') {
    throw new ShapeError(
      `${name}: a bool scalar is required of the condition, got ${answers.map(formatAval).join(', ')}. Compare, and reduce with all or any.`,
    )
  }
  const outs = bindWhile([...asked.captures, ...traced.captures, ...initial], {
    condition: asked.graph,
    body: traced.graph,
    conditionConstants: asked.captures.length,
    bodyConstants: traced.captures.length,
  })
  return unflatten<C>(start.def, outs)
}

/**
 * `body(i, carry)` for i from `lower` up to, not including, `upper`. Bounds that are numbers make a loop of known
 * length, which has derivatives in both modes; with tensors it is a `whileLoop`.
 * @throws DTypeError where a bound is not an integer
 * @throws ShapeError where a carried leaf changes its shape or dtype
 * @example
 * ```ts
 * foriLoop(1, 6, (i, product: Tensor) => product.mul(i), np.array(1)) // => 120
 * ```
 */
export const foriLoop = <C>(
  lower: TensorLike,
  upper: TensorLike,
  body: (i: Tensor, carry: C) => C,
  init: C,
): C => {
  const name = displayName('foriLoop', body)
  const [from, to] = [boundOf(name, lower), boundOf(name, upper)]
  type State = readonly [Tensor, C]
  const step = ([i, carry]: State): State => [add(i, 1), body(i, carry)]
  if (typeof lower === 'number' && typeof upper === 'number') {
    const length = Math.max(0, upper - lower)
    return scanNamed<State, null, null>(name, (s) => [step(s), null], [from, init], null, { length })[0][1]
  }
  return whileNamed<State>(name, ([i]) => lt(i, to), step, [from, init])[1]
}

/** A bound as int32. @throws DTypeError where it is not an integer, ShapeError where it has axes */
const boundOf = (name: string, bound: TensorLike): Tensor => {
  const t = toTensor(bound, 'int')
  const isWhole = typeof bound === 'number' ? Number.isInteger(bound) : isInteger(t.dtype)
  if (!isWhole) {
    const got = typeof bound === 'number' ? bound : formatAval(t.aval)
    throw new DTypeError(
      `${name}: integers are required as bounds, got ${got}. Convert with astype('int32').`,
    )
  }
  if (t.ndim > 0) throw new ShapeError(`${name}: scalars are required as bounds, got ${formatAval(t.aval)}.`)
  return convert(t, 'int32')
}
