import { ShapeError } from '../graph/errors.js'
import type { Tensor } from '../graph/tensor.js'
import { relu } from '../ops/nn.js'
import type { StatelessLayer } from './layer.js'
import { type LinearOptions, type LinearParams, linear } from './linear.js'
import { sequential } from './sequential.js'

/**
 * Linear layers with an activation between each two: `sequential(linear(a, b), relu, linear(b, c))` of sizes [a, b, c].
 * @param options `activation` (relu), and those of `linear`
 * @example
 * ```ts
 * const model = nn.mlp([784, 128, 10])
 * model.call(model.init(random.key(0)).params, np.zeros([32, 784])).shape // => [32, 10]
 * ```
 */
export const mlp = (
  sizes: readonly number[],
  { activation = relu, ...options }: LinearOptions & { readonly activation?: (x: Tensor) => Tensor } = {},
): StatelessLayer<readonly (LinearParams | null)[]> => {
  if (sizes.length < 2) {
    throw new ShapeError(
      `mlp: the sizes of input and output at least are required, got [${sizes.join(', ')}].`,
    )
  }
  const layers = sizes.slice(1).flatMap((outputs, i) => {
    const layer = linear(sizes[i], outputs, options)
    return i === 0 ? [layer] : [activation, layer]
  })
  return sequential(...layers)
}
