import type { Tensor } from '../../../../src/graph/tensor.js'
import type { AnyLayer } from '../../../../src/models/layer.js'
import { layerOutputs } from '../../../../src/models/layerOutputs.js'
import type { Inside, LayerValues } from '../../../../src/train/learner.js'

const values = async (name: string, x: Tensor): Promise<LayerValues> => ({
  name,
  shape: x.shape,
  data: await x.data(),
})

const weightOf = (params: unknown): Tensor | null => {
  const weight = (params as { readonly weight?: Tensor } | null)?.weight
  return weight?.ndim === 4 ? weight : null
}

/** The filters of a model's first layer that has any, and what each layer with filters makes of the first of `x`. */
export const insideOf = async (
  model: AnyLayer,
  variables: { readonly params: unknown; readonly state: unknown },
  x: Tensor,
): Promise<Inside> => {
  const layers = layerOutputs(model, variables, x.get({ stop: 1 })).flatMap(({ name, params, output }) => {
    const weight = weightOf(params)
    return weight === null || output.ndim !== 4 ? [] : [{ name, weight, map: output.get(0) }]
  })
  return {
    filters: await Promise.all(layers.slice(0, 1).map(({ name, weight }) => values(name, weight))),
    maps: await Promise.all(layers.map(({ name, map }) => values(name, map))),
  }
}
