import { optionsOf } from '../graph/options.js'
import { unflatten } from '../graph/pytree.js'
import type { Tensor, TensorLike } from '../graph/tensor.js'
import { formatAval } from '../ir/aval.js'
import { isFloat } from '../ir/dtype.js'
import { DTypeError, GradError, ShapeError } from '../ir/errors.js'
import { fullLike, instantiate } from '../ops/rules/rules.js'

import { type Argnums, ofChosen, positions } from './chosenArguments.js'
import { displayName, flatFunction, flattenReals, requireFloats } from './treeFunction.js'

import { linearizeFlat, pullBack } from './vjp.js'

export type GradOptions = {
  /** The arguments to differentiate, by position, from the end if negative; the first by default. Several give an array. */
  readonly argnums?: Argnums
  /** The function returns `[loss, aux]`; aux is handed through. */
  readonly hasAux?: boolean
  /** Integer leaves get zero gradients instead of an error. */
  readonly allowInt?: boolean
}

type Loss = Tensor | number
type Fun<A extends readonly unknown[], R> = (...args: A) => R

/** The gradient of one argument; that of a number is a tensor. */
type GradientOf<T> = [T] extends [TensorLike] ? Tensor : T

/** The K-th element from the end; `Seen` counts. */
type FromEnd<A extends readonly unknown[], K, Seen extends readonly 0[] = [0]> = A extends readonly [
  ...infer Rest,
  infer Last,
]
  ? Seen['length'] extends K
    ? Last
    : FromEnd<Rest, K, [...Seen, 0]>
  : A[number]

type At<A extends readonly unknown[], N extends number> = `${N}` extends `-${infer K extends number}`
  ? FromEnd<A, K>
  : A[N]

/** The gradient of the arguments that `O` chooses. */
export type GradOf<A extends readonly unknown[], O> = O extends { readonly argnums: infer N }
  ? N extends number
    ? GradientOf<At<A, N>>
    : N extends readonly number[]
      ? { -readonly [I in keyof N]: N[I] extends number ? GradientOf<At<A, N[I]>> : never }
      : GradientOf<A[0]>
  : GradientOf<A[0]>

/** The auxiliary result that a function with `hasAux` returns beside the loss. */
type ValueOf<R, O> = O extends { readonly hasAux: true }
  ? R extends readonly [infer V, infer X]
    ? [V, X]
    : never
  : R

type GradResult<A extends readonly unknown[], R, O> = O extends { readonly hasAux: true }
  ? R extends readonly [unknown, infer X]
    ? [GradOf<A, O>, X]
    : never
  : GradOf<A, O>

/** The functions that may be differentiated under options `O`. */
type LossOf<O> = O extends { readonly hasAux: true } ? readonly [Loss, unknown] : Loss

/**
 * The value of a scalar function and its gradient, which has the structure of the argument: linearize the
 * function, then transpose the linear part.
 * @throws ShapeError where the result is not a scalar
 * @throws DTypeError where the result or a differentiated leaf is not a float
 * @example
 * ```ts
 * const loss = (p: { w: Tensor }, x: Tensor) => p.w.mul(x).sum()
 * valueAndGrad(loss)({ w: np.array([1, 2]) }, np.array([3, 4])) // => [11, { w: [3, 4] }]
 * ```
 */
export const valueAndGrad = <
  A extends readonly unknown[],
  R extends LossOf<O>,
  const O extends GradOptions = Record<never, never>,
>(
  f: Fun<A, R>,
  options?: O,
): Fun<A, [ValueOf<R, O>, GradOf<A, O>]> => differentiate('valueAndGrad', f, options)

/**
 * The gradient of a scalar function, with the type and structure of the differentiated argument.
 * @throws ShapeError where the result is not a scalar
 * @throws DTypeError where the result or a differentiated leaf is not a float
 * @example
 * ```ts
 * grad((x: Tensor) => x.mul(x).mul(x))(2) // => 12
 * ```
 */
export const grad = <
  A extends readonly unknown[],
  R extends LossOf<O>,
  const O extends GradOptions = Record<never, never>,
>(
  f: Fun<A, R>,
  options?: O,
): Fun<A, GradResult<A, R, O>> => {
  const both = differentiate<A, [unknown, unknown]>('grad', f, options)
  const named = (...args: A): GradResult<A, R, O> => {
    const [value, gradient] = both(...args)
    const result = options?.hasAux === true && Array.isArray(value) ? [gradient, value[1]] : gradient
    return result as GradResult<A, R, O>
  }
  return Object.defineProperty(named, 'name', { value: displayName('grad', f) })
}

const differentiate = <A extends readonly unknown[], T extends readonly [unknown, unknown]>(
  operation: string,
  f: Fun<A, unknown>,
  options: GradOptions | undefined,
): Fun<A, T> => {
  const name = displayName(operation, f)
  const {
    argnums = 0,
    hasAux = false,
    allowInt = false,
  } = optionsOf(name, 'argnums hasAux allowInt', options)
  const differentiated = (...args: A): T => {
    const chosen = positions(name, argnums, args.length)
    const partial = ofChosen(f, args, chosen)
    const inner = (...values: readonly unknown[]): unknown => {
      const result = partial(...values)
      if (hasAux && !(Array.isArray(result) && result.length === 2)) {
        throw new GradError(
          `${name}: a pair [loss, aux] is required with hasAux, got ${Array.isArray(result) ? `${result.length} values` : 'one value'}.`,
        )
      }
      return result
    }
    const xs = flattenReals(chosen.map((n) => args[n]))
    if (!allowInt) requireFloats(name, xs, 'Convert with astype, choose other argnums, or pass allowInt.')
    const flat = flatFunction(name, inner, xs.def)
    const l = linearizeFlat(name, flat, xs.leaves)
    const [loss, ...aux] = l.outs
    requireScalarLoss(name, loss, hasAux ? 1 : l.outs.length)
    const cts = pullBack(l, [fullLike(loss, 1), ...aux.map((a) => fullLike(a, 0))], l.own)
    const grads = unflatten<readonly unknown[]>(xs.def, cts.map(instantiate))
    return [
      unflatten(flat.outDef(), l.outs),
      typeof argnums === 'number' ? grads[0] : grads,
    ] as readonly unknown[] as T
  }
  return Object.defineProperty(differentiated, 'name', { value: name })
}

const requireScalarLoss = (name: string, loss: Tensor | undefined, outputs: number): void => {
  if (loss === undefined || outputs !== 1)
    throw new ShapeError(
      `${name}: one scalar result is required, got ${outputs} tensors. Return [loss, aux] with hasAux.`,
    )
  if (loss.ndim !== 0)
    throw new ShapeError(
      `${name}: a scalar result is required, got ${formatAval(loss.aval)}. Reduce it with sum or mean, or use jacrev.`,
    )
  if (!isFloat(loss.dtype))
    throw new DTypeError(`${name}: a float result is required, got ${formatAval(loss.aval)}.`)
}
