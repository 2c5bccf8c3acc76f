import type { nn, Tensor } from 'grad-ts'
import { layerOutputs } from 'grad-ts/debug'

/** Numbers of a layer, by its name: weights [out, in, kh, kw], or maps [channels, height, width]. */
type LayerValues = {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: ArrayLike<number>
}

/** A look inside a model: filters of its first layer, if that has any, and maps of an image. */
export type Inside = { readonly filters: readonly LayerValues[]; readonly maps: readonly LayerValues[] }

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
export const filtersAndMaps = async (
  model: nn.AnyLayer,
  variables: nn.Variables<unknown, unknown>,
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
