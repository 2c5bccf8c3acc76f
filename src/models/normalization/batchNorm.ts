import { ones, zeros } from '../../functions/numpy/creation.js'
import { optionsOf } from '../../graph/options.js'
import type { Tensor } from '../../graph/tensor.js'
import { formatAval } from '../../ir/aval.js'
import type { DType } from '../../ir/dtype.js'
import { GradError, ShapeError } from '../../ir/errors.js'
import { stopGradient } from '../../ops/control/stopGradient.js'
import { add, div, mul, sub } from '../../ops/elementwise/arithmetic.js'
import { convert } from '../../ops/elementwise/convert.js'
import { reshape } from '../../ops/movement/reshape.js'
import { channelShape } from '../imageInput.js'
import { type Layer, layer } from '../layer.js'
import { layerName, requireSizes } from '../layerName.js'
import { type Affine, applyAffine, initAffine, type NormalizationOptions } from './affine.js'
import { type Statistics, standardize, statistics } from './standardize.js'

/** Running mean and variance, f32[features], and the number of batches so far, i32: PyTorch's `running_mean`, `running_var`, `num_batches_tracked`. */
export type BatchNormState = { readonly mean: Tensor; readonly var: Tensor; readonly count: Tensor }

export type BatchNormOptions<A extends boolean = true> = NormalizationOptions<A> & {
  /**
   * `'torch'` (the default): running ← (1 − momentum)·running + momentum·new, momentum 0.1, with the unbiased variance (over m − 1).
   * `'flax'`: running ← momentum·running + (1 − momentum)·new, momentum 0.99, with the biased variance (over m).
   */
  readonly convention?: 'torch' | 'flax'
  /** As the convention has it; `null`, with PyTorch's: the mean of all batches so far. */
  readonly momentum?: number | null
}

/**
 * y = (x − mean)/√(var + eps)·weight + bias for each channel: f32[n, features, …s] → the same shape, for any number of spatial axes.
 * While training, mean and (biased) variance are those of the batch, and move the running ones, which are used otherwise. Running
 * statistics start at 0 and 1; no derivative passes through them. `weight` and `bias` f32[features], unless `affine` is false.
 * @throws ShapeError where an input does not fit, or a batch has one value a channel, which has no unbiased variance
 * @example
 * ```ts
 * const layer = nn.batchNorm(2)
 * const { params, state } = layer.init(random.key(0))
 * const x = np.array([[1, 10], [3, 30]])
 * const [y, next] = layer.apply(params, state, x, { train: true })
 * y.round().toArray() // => [[-1, -1], [1, 1]]
 * next.mean // => [0.2, 2]
 * next.var // => [1.1, 20.9]
 * ```
 * @see Ioffe, Szegedy: Batch normalization (2015), algorithms 1 and 2
 */
export const batchNorm = <A extends boolean = true>(
  features: number,
  given?: BatchNormOptions<A>,
): Layer<Affine<A>, BatchNormState> => {
  const options = optionsOf('batchNorm', 'eps affine convention momentum', given)
  const name = layerName('batchNorm', [features], options)
  const { eps = 1e-5, convention = 'torch', momentum, affine } = options
  requireSizes(name, [features])
  if (convention !== 'torch' && convention !== 'flax')
    throw new GradError(`${name}: convention 'torch' or 'flax' is required, got ${convention}.`)
  if (momentum === null ? convention === 'flax' : momentum !== undefined && !(momentum >= 0 && momentum <= 1))
    throw new GradError(`${name}: a momentum within [0, 1] is required, got ${momentum}.`)
  const moved = (state: BatchNormState, { mean, variance }: Statistics, values: number): BatchNormState => {
    const count = add(state.count, 1)
    /** The weight of the new statistics. */
    const weight = (dtype: DType): number | Tensor => {
      if (momentum === null) return div(1, convert(count, dtype))
      return convention === 'torch' ? (momentum ?? 0.1) : 1 - (momentum ?? 0.99)
    }
    const spread = convention === 'torch' ? mul(variance, values / (values - 1)) : variance
    const move = (old: Tensor, recent: Tensor): Tensor => {
      const target = convert(reshape(stopGradient(recent), [features]), old.dtype)
      return convert(add(old, mul(sub(target, old), weight(old.dtype))), old.dtype)
    }
    return { mean: move(state.mean, mean), var: move(state.var, spread), count }
  }
  return layer<Affine<A>, BatchNormState>(
    name,
    () => ({
      params: initAffine([features], affine),
      state: { mean: zeros([features]), var: ones([features]), count: zeros([], { dtype: 'int32' }) },
    }),
    (params, state, x, mode) => {
      if (x.ndim < 2 || x.shape[1] !== features)
        throw new ShapeError(
          `${name}: an input [n, ${features}, …] is required, got ${formatAval(x.aval)}. Channels are axis 1.`,
        )
      const values = x.size / features
      if (mode.train && convention === 'torch' && values < 2)
        throw new ShapeError(
          `${name}: more than one value a channel is required while training, got ${formatAval(x.aval)}. Take a larger batch.`,
        )
      const shape = channelShape(features, x.ndim)
      const used = mode.train
        ? statistics(
            x,
            x.shape.flatMap((_, i) => (i === 1 ? [] : [i])),
          )
        : { mean: reshape(state.mean, shape), variance: reshape(state.var, shape) }
      const y = applyAffine(params, standardize(x, used, eps), shape)
      return [y, mode.train ? moved(state, used, values) : state]
    },
  )
}
