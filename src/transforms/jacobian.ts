import { optionsOf } from '../graph/options.js'
import { unflatten } from '../graph/pytree.js'
import type { Tensor } from '../graph/tensor.js'
import { eq } from '../ops/elementwise/comparison.js'
import { convert } from '../ops/elementwise/convert.js'
import { iota } from '../ops/movement/iota.js'
import { reshape } from '../ops/movement/reshape.js'
import { slice } from '../ops/movement/slice.js'
import { instantiate } from '../ops/rules/rules.js'

import { type Argnums, ofChosen, positions } from './chosenArguments.js'
import type { GradOf } from './grad.js'
import { displayName, flatFunction, flattenReals, requireFloats } from './treeFunction.js'

import { linearize, linearizeFlat, pullBack } from './vjp.js'
import { vmap } from './vmap.js'

export type JacobianOptions = {
  /** The arguments to differentiate, as `grad` takes them; the first by default. Several give an array at every leaf. */
  readonly argnums?: Argnums
}

/** A tree like P for every leaf of R; its leaves are tensors of shape `[...out, ...in]`. */
export type Jacobian<R, P> = R extends Tensor | number
  ? P
  : R extends readonly unknown[] | object
    ? { [K in keyof R]: Jacobian<R[K], P> }
    : never

/** Rows of the identity split over tensors like `xs`: one tensor `[n, ...shape]` each, n elements in all. */
const basis = (xs: readonly Tensor[]): readonly Tensor[] => {
  const total = xs.reduce((n, x) => n + x.size, 0)
  let offset = 0
  return xs.map((x) => {
    const at = offset
    offset += x.size
    const rows = iota('int32', [total, x.size], 0)
    const ones = eq(rows, iota('int32', [total, x.size], 1).add(at))
    return reshape(convert(ones, x.dtype), [total, ...x.shape])
  })
}

/** The chosen arguments, `f` as a flat function of them, and the structure of the one, or of the array of all. */
const chosenPart = <A extends readonly unknown[], R>(
  transform: string,
  f: (...args: A) => R,
  args: A,
  { argnums = 0 }: JacobianOptions,
) => {
  const name = displayName(transform, f)
  const chosen = positions(name, argnums, args.length)
  const xs = flattenReals(chosen.map((n) => args[n]))
  requireFloats(name, xs, 'Choose other argnums.')
  const flat = flatFunction(name, ofChosen(f, args, chosen), xs.def)
  const inner = typeof argnums === 'number' && xs.def.kind === 'array' ? xs.def.children[0] : xs.def
  return { name, xs, flat, inner }
}

/** Slices `[total, ...rest]` into `[...shape, ...rest]`, one for each of `shapes` in order. */
const split = (stacked: Tensor, like: readonly Tensor[]): readonly Tensor[] => {
  let offset = 0
  return like.map((x) => {
    const rest = stacked.shape.slice(1)
    const part = slice(stacked, [offset, ...rest.map(() => 0)], [offset + x.size, ...rest])
    offset += x.size
    return reshape(part, [...x.shape, ...rest])
  })
}

/**
 * The Jacobian by reverse mode, one pass for each output element (good for few outputs).
 * Leaves have shape `[...output, ...input]`.
 * @example
 * ```ts
 * jacrev((x: Tensor) => x.mul(x))(np.array([1, 2])) // => [[2, 0], [0, 4]]
 * ```
 */
export const jacrev = <
  A extends readonly unknown[],
  R,
  const O extends JacobianOptions = Record<never, never>,
>(
  f: (...args: A) => R,
  given?: O,
): ((...args: A) => Jacobian<R, GradOf<A, O>>) => {
  const options = optionsOf<JacobianOptions, 'argnums'>('jacrev', 'argnums', given)
  return (...args) => {
    const { name, xs, flat, inner } = chosenPart('jacrev', f, args, options)
    const l = linearizeFlat(name, flat, xs.leaves)
    const pull = (...cts: readonly Tensor[]): readonly Tensor[] => pullBack(l, cts).map(instantiate)
    const columns = vmap(pull)(...basis(l.outs)).map((t) => split(t, l.outs))
    return unflatten(
      flat.outDef(),
      l.outs.map((_, o) =>
        unflatten(
          inner,
          columns.map((c) => c[o]),
        ),
      ),
    )
  }
}

/**
 * The Jacobian by forward mode, one pass for each input element (good for few inputs).
 * Leaves have shape `[...output, ...input]`.
 * @example
 * ```ts
 * jacfwd((x: Tensor) => x.mul(x))(np.array([1, 2])) // => [[2, 0], [0, 4]]
 * ```
 */
export const jacfwd = <
  A extends readonly unknown[],
  R,
  const O extends JacobianOptions = Record<never, never>,
>(
  f: (...args: A) => R,
  given?: O,
): ((...args: A) => Jacobian<R, GradOf<A, O>>) => {
  const options = optionsOf<JacobianOptions, 'argnums'>('jacfwd', 'argnums', given)
  return (...args) => {
    const { xs, flat, inner } = chosenPart('jacfwd', f, args, options)
    const [outs, push] = linearize((...leaves: readonly Tensor[]) => flat.call(leaves), ...xs.leaves)
    const rows = vmap(push, 0, -1)(...basis(xs.leaves))
    return unflatten(
      flat.outDef(),
      outs.map((y, o) => {
        let offset = 0
        const parts = xs.leaves.map((x) => {
          const zeros = y.shape.map(() => 0)
          const part = slice(rows[o], [...zeros, offset], [...y.shape, offset + x.size])
          offset += x.size
          return reshape(part, [...y.shape, ...x.shape])
        })
        return unflatten(inner, parts)
      }),
    )
  }
}

/**
 * The matrix of second derivatives of a scalar function, forward over reverse; for a tree of parameters,
 * a tree of trees.
 * @example
 * ```ts
 * hessian((x: Tensor) => x.mul(x).mul(x).sum())(np.array([1, 2])) // => [[6, 0], [0, 12]]
 * ```
 */
export const hessian = <
  A extends readonly unknown[],
  R extends Tensor | number,
  const O extends JacobianOptions = Record<never, never>,
>(
  f: (...args: A) => R,
  options?: O,
): ((...args: A) => Jacobian<GradOf<A, O>, GradOf<A, O>>) =>
  jacfwd(jacrev(f, options), options) as (...args: A) => Jacobian<GradOf<A, O>, GradOf<A, O>>
