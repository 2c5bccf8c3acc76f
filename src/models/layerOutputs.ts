import type { Tensor } from '../graph/tensor.js'
import type { AnyLayer } from './layer.js'
import { entryOf } from './named.js'

/** The output of one part of a model. */
export type LayerOutput = { readonly name: string; readonly params: unknown; readonly output: Tensor }

/**
 * The output of each part of a model, in order, in evaluation, to look inside. A model without parts is its only part.
 * @example
 * ```ts
 * import { layerOutputs } from 'grad-ts/debug'
 *
 * const model = nn.sequential({ fc1: nn.linear(3, 4), relu: nn.relu, fc2: nn.linear(4, 2) })
 * const { params } = model.init(random.key(0))
 * layerOutputs(model, { params, state: null }, np.ones([5, 3])).map((l) => [l.name, l.output.shape])
 * // => [['fc1', [5, 4]], ['relu', [5, 4]], ['fc2', [5, 2]]]
 * ```
 */
export const layerOutputs = (
  model: AnyLayer,
  { params, state }: { readonly params: unknown; readonly state: unknown },
  x: Tensor,
): readonly LayerOutput[] => {
  const apply = (layer: AnyLayer, p: unknown, s: unknown, input: Tensor): Tensor =>
    layer.apply(p as never, s as never, input, { train: false })[0]
  if (model.parts === undefined) return [{ name: model.name, params, output: apply(model, params, state, x) }]
  const outputs: LayerOutput[] = []
  let previous = x
  for (const { key, layer, input } of model.parts) {
    const own = entryOf(params, key)
    previous = apply(layer, own, entryOf(state, key), input === 'enclosing' ? x : previous)
    outputs.push({ name: key, params: own, output: previous })
  }
  return outputs
}
