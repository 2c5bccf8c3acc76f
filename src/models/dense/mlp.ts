import { relu } from '../../functions/nn.js'
import { describe } from '../../graph/describe.js'
import { plainNumbers } from '../../graph/plainNumbers.js'
import type { Tensor } from '../../graph/tensor.js'
import { GradError } from '../../ir/errors.js'
import { foldIn } from '../../random/foldIn.js'
import { type StatelessLayer, stateless } from '../layer.js'
import { type LinearParams, linear } from './linear.js'

/** A linear layer for each step between widths, with an activation between them (none after the last). */
export const mlp = (
  widths: readonly number[],
  f: (x: Tensor) => Tensor = relu,
): StatelessLayer<readonly LinearParams[]> => {
  plainNumbers('mlp', 'widths', widths)
  if (typeof f !== 'function')
    throw new GradError(`mlp: a function is required between layers, got ${describe(f)}.`)
  if (!(widths.length >= 2))
    throw new GradError(`mlp: at least two widths are required, got ${widths.length ?? 'one'}.`)
  const layers = widths.slice(1).map((out, i) => linear(widths[i], out))
  return stateless<readonly LinearParams[]>(
    `mlp(${widths.join(', ')})`,
    (key) => layers.map((l, i) => l.init(foldIn(key, i)).params),
    (params, x) => layers.reduce((y, l, i) => l.call(params[i], i === 0 ? y : f(y)), x),
  )
}
