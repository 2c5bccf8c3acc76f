import { optionsOf } from '../../graph/options.js'
import { formatAval, formatShape, type Shape, sameShape } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { type StatelessLayer, stateless } from '../layer.js'
import { layerName, requireSizes } from '../layerName.js'
import { type Affine, applyAffine, initAffine, type NormalizationOptions } from './affine.js'
import { standardize, statistics } from './standardize.js'

/**
 * y = (x − mean)/√(var + eps)·weight + bias over the last axes, mean and biased variance being those of one example:
 * f32[...b, ...shape] → the same shape. `weight` and `bias` f32[...shape], unless `affine` is false.
 * @param shape the sizes of the axes that are normalised, or the one size of the last
 * @throws ShapeError where the last axes of x are not those
 * @example
 * ```ts
 * const layer = nn.layerNorm(2)
 * layer.call(layer.init(random.key(0)).params, np.array([[1, 3], [30, 10]])).round().toArray() // => [[-1, 1], [1, -1]]
 * ```
 * @see Ba, Kiros, Hinton: Layer normalization (2016), eq. 3
 */
export const layerNorm = <A extends boolean = true>(
  shape: number | Shape,
  given?: NormalizationOptions<A>,
): StatelessLayer<Affine<A>> => {
  const options = optionsOf('layerNorm', 'eps affine', given)
  const { eps = 1e-5, affine } = options
  const own = typeof shape === 'number' ? [shape] : shape
  const name = layerName('layerNorm', [shape], options)
  requireSizes(name, own.length === 0 ? [0] : own)
  return stateless<Affine<A>>(
    name,
    () => initAffine(own, affine),
    (params, x) => {
      const from = x.ndim - own.length
      if (from < 0 || !sameShape(x.shape.slice(from), own))
        throw new ShapeError(
          `${name}: last axes ${formatShape(own)} are required, got ${formatAval(x.aval)}. Reshape or transpose it.`,
        )
      const axes = own.map((_, i) => from + i)
      return applyAffine(params, standardize(x, statistics(x, axes), eps), own)
    },
  )
}
