import { optionsOf } from '../../graph/options.js'
import { add, mul } from '../../ops/elementwise/arithmetic.js'
import { lt } from '../../ops/elementwise/comparison.js'
import { where } from '../../ops/elementwise/select.js'
import { cosineBetween, progress, requireSteps, type Schedule, time } from './schedule.js'

type WarmupCosineOptions = {
  readonly initial?: number
  readonly peak: number
  readonly warmup: number
  readonly steps: number
  readonly end?: number
}

/**
 * Linearly from `initial` to `peak` in `warmup` updates, then along half a cosine wave to `end`, reached after
 * `steps` updates in all. Optax's `warmup_cosine_decay_schedule`; PyTorch's `SequentialLR` of
 * `LinearLR` and `CosineAnnealingLR`.
 * @param options `initial` (0), `end` (0); `warmup` < `steps`
 * @example
 * ```ts
 * const rate = optim.warmupCosineSchedule({ peak: 1, warmup: 10, steps: 110 })
 * rate(5).item() // => 0.5
 * rate(10).item() // => 1
 * ```
 */
export const warmupCosineSchedule = (options: WarmupCosineOptions): Schedule => {
  const {
    initial = 0,
    peak,
    warmup,
    steps,
    end = 0,
  } = optionsOf('warmupCosineSchedule', 'initial peak warmup steps end', options)
  requireSteps('warmupCosineSchedule', 'warmup', warmup)
  requireSteps('warmupCosineSchedule', 'steps - warmup', steps - warmup)
  return (count) => {
    const rising = add(mul(progress(count, 0, warmup), peak - initial), initial)
    const falling = cosineBetween(peak, end, progress(count, warmup, steps - warmup))
    return where(lt(time(count), warmup), rising, falling)
  }
}
