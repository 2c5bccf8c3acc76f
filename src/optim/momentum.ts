import { optionsOf } from '../graph/options.js'
import { add, mul } from '../ops/elementwise/arithmetic.js'
import { mapAlike } from './alike.js'
import { type GradientTransformation, transformation } from './gradientTransformation.js'
import { requireFinite } from './hyperparameters.js'
import { filledLike } from './moments.js'

/** The velocity, a tree like the parameters. */
export type MomentumState = { readonly velocity: unknown }

/**
 * Heavy-ball momentum: v ← decay·v + g, u ← v. Nesterov's: u ← g + decay·v, with the new v.
 * PyTorch's with dampening 0, Optax's `trace`.
 * @param decay of the velocity, μ
 * @see Polyak, Some methods of speeding up the convergence of iteration methods (1964); Sutskever et al., On the
 *   importance of initialization and momentum in deep learning (2013)
 * @example
 * ```ts
 * const opt = optim.momentum(0.5)
 * const [, state] = opt.update(np.array([1]), opt.init(np.array([0])))
 * const [updates] = opt.update(np.array([1]), state)
 * updates.toArray() // => [1.5]
 * ```
 */
export const momentum = (
  decay: number,
  options?: { readonly nesterov?: boolean },
): GradientTransformation<readonly [MomentumState]> => {
  const { nesterov = false } = optionsOf('momentum', 'nesterov', options)
  requireFinite('momentum', 'decay', decay)
  return transformation<MomentumState>({
    name: 'momentum',
    init: (params) => ({ velocity: filledLike(params, 0) }),
    update<P>(grads: P, state: MomentumState) {
      const accumulate = (g: P, v: P): P => mapAlike('momentum', (dg, dv) => add(dg, mul(dv, decay)), g, v)
      const velocity = accumulate(grads, state.velocity as P)
      return [nesterov ? accumulate(grads, velocity) : velocity, { velocity }]
    },
  })
}
