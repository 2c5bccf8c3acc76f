import { optionsOf } from '../../graph/options.js'
import { formatAval } from '../../ir/aval.js'
import { GradError, ShapeError } from '../../ir/errors.js'
import { reshape } from '../../ops/movement/reshape.js'
import { channelShape } from '../imageInput.js'
import { type StatelessLayer, stateless } from '../layer.js'
import { layerName, requireSizes } from '../layerName.js'
import { type Affine, applyAffine, initAffine, type NormalizationOptions } from './affine.js'
import { standardize, statistics } from './standardize.js'

/**
 * y = (x − mean)/√(var + eps)·weight + bias, mean and biased variance being those of a group of channels of one example:
 * f32[n, channels, …s] → the same shape. `weight` and `bias` f32[channels], unless `affine` is false. As many groups as channels:
 * instance normalisation.
 * @throws ShapeError where an input does not fit
 * @throws GradError where the groups do not divide the channels
 * @example
 * ```ts
 * const layer = nn.groupNorm(2, 4)
 * layer.call(layer.init(random.key(0)).params, np.array([[1, 3, 30, 10]])).round().toArray() // => [[-1, 1, 1, -1]]
 * ```
 * @see Wu, He: Group normalization (2018), eq. 1 and 7
 */
export const groupNorm = <A extends boolean = true>(
  groups: number,
  channels: number,
  given?: NormalizationOptions<A>,
): StatelessLayer<Affine<A>> => {
  const options = optionsOf('groupNorm', 'eps affine', given)
  const { eps = 1e-5, affine } = options
  const name = layerName('groupNorm', [groups, channels], options)
  requireSizes(name, [groups, channels])
  if (channels % groups !== 0)
    throw new GradError(
      `${name}: groups that divide the channels are required, got ${groups} of ${channels}.`,
    )
  return stateless<Affine<A>>(
    name,
    () => initAffine([channels], affine),
    (params, x) => {
      if (x.ndim < 2 || x.shape[1] !== channels)
        throw new ShapeError(
          `${name}: an input [n, ${channels}, …] is required, got ${formatAval(x.aval)}. Channels are axis 1.`,
        )
      const values = x.shape.slice(2).reduce((n, d) => n * d, channels / groups)
      const grouped = reshape(x, [x.shape[0], groups, values])
      const y = reshape(standardize(grouped, statistics(grouped, [2]), eps), x.shape)
      return applyAffine(params, y, channelShape(channels, x.ndim))
    },
  )
}
