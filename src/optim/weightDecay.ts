import { GradError } from '../ir/errors.js'
import { add, mul } from '../ops/elementwise/arithmetic.js'
import { mapAlike } from './alike.js'
import { type GradientTransformation, transformation } from './gradientTransformation.js'
import { requireFinite } from './hyperparameters.js'

const adding = (name: string, rate: number): GradientTransformation<readonly [null]> => {
  requireFinite(name, 'rate', rate)
  return transformation<null>({
    name,
    init: () => null,
    update<P>(updates: P, state: null, params: P | undefined) {
      if (params === undefined) {
        throw new GradError(
          `${name}: the parameters are required, got none. Call update(grads, state, params).`,
        )
      }
      return [mapAlike(name, (u, p) => add(u, mul(p, rate)), updates, params), state]
    },
  })
}

/**
 * Decoupled weight decay: u ← u + rate·p. Stands after the rescaling of gradients and before the learning
 * rate, so that p shrinks by rate·lr whatever the gradients' history is.
 * @see Loshchilov and Hutter, Decoupled weight decay regularization (2019), algorithm 2
 * @example
 * ```ts
 * const [updates] = optim.addDecayedWeights(0.1).update(np.array([1]), [null], np.array([10]))
 * updates.toArray() // => [2]
 * ```
 */
export const addDecayedWeights = (rate: number): GradientTransformation<readonly [null]> =>
  adding('addDecayedWeights', rate)

/**
 * L2 regularisation: g ← g + rate·p, the gradient of loss + rate/2·‖p‖². Stands before everything else; PyTorch's
 * `weight_decay` of SGD, Adam, RMSprop and Adagrad.
 * @example
 * ```ts
 * const opt = optim.chain(optim.addL2(1e-4), optim.sgd(0.1, { momentum: 0.9 }))
 * opt.pieces[0].name // => 'addL2'
 * ```
 */
export const addL2 = (rate: number): GradientTransformation<readonly [null]> => adding('addL2', rate)
