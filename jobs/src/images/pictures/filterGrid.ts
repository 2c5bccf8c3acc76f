import { ShapeError } from 'grad-ts'
import { type Raster, rasterOf } from '../../pictures/canvas.js'
import { divergingColor, signedRgb } from '../../pictures/colorScale.js'
import { dark, type Tile, tileGrid, zoomTo } from '../../pictures/tileGrid.js'

/** An array on the host, dense and row-major. */
export type Values = { readonly shape: readonly number[]; readonly data: ArrayLike<number> }

export type FilterGridOptions = {
  /** The layer's name. */
  readonly name: string
  /** How many tiles are drawn at most: 256 unless it is given. */
  readonly limit?: number
}

const side = 42

const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

/** @throws ShapeError where the rank is another, or the data has another size than the shape. @internal */
export const requireRank = (operation: string, { shape, data }: Values, axes: string): void => {
  const rank = axes.split(',').length
  if (shape.length !== rank || elements(shape) !== data.length)
    throw new ShapeError(
      `${operation}: an array [${axes}] is required, got [${shape.join(',')}] with ${data.length} elements. ` +
        'Reshape it, and check that it is dense.',
    )
}

/** The largest size among `count` elements from `start`; 1 where all are 0, NaN left out. */
const largest = (data: ArrayLike<number>, start: number, count: number): number => {
  let most = 0
  for (let i = start; i < start + count; i++) if (Math.abs(data[i]) > most) most = Math.abs(data[i])
  return most === 0 ? 1 : most
}

/**
 * A PNG of a convolution's filters, `weights` f32[out,in,kh,kw]. Filters of three input channels are shown in red, green
 * and blue, grey being 0; otherwise each kernel is a tile of its own (out in rows where there are several inputs), red
 * where it is positive and blue where it is negative. Each filter is scaled by its own largest weight; NaN is magenta.
 * @throws ShapeError where the weights are of another rank.
 */
export const filterGrid = (weights: Values, { name, limit = 256 }: FilterGridOptions): Uint8Array => {
  requireRank('filterGrid', weights, 'out,in,kh,kw')
  const {
    shape: [out, inputs, kh, kw],
    data,
  } = weights
  const [area, isRgb] = [kh * kw, inputs === 3]
  const filter = (o: number): Raster => {
    const start = o * inputs * area
    const scale = largest(data, start, inputs * area)
    const at = (channel: number, x: number, y: number): number =>
      data[start + channel * area + y * kw + x] / scale
    return rasterOf(kw, kh, (x, y) => signedRgb(at(0, x, y), at(1, x, y), at(2, x, y)))
  }
  const kernel = (o: number, i: number): Raster => {
    const scale = largest(data, o * inputs * area, inputs * area)
    const start = (o * inputs + i) * area
    return rasterOf(kw, kh, (x, y) => divergingColor(data[start + y * kw + x] / scale))
  }
  const count = isRgb ? out : out * inputs
  const shown = Math.min(count, limit)
  const tiles = Array.from({ length: shown }, (_, tile): Tile => {
    const [o, i] = isRgb ? [tile, 0] : [Math.floor(tile / inputs), tile % inputs]
    const caption = isRgb || inputs === 1 ? String(o) : `${o},${i}`
    return { picture: isRgb ? filter(o) : kernel(o, i), caption: [[[caption, dark]]] }
  })
  const kinds = isRgb ? 'as red, green, blue; grey is 0' : 'red is positive, blue negative, white 0'
  const cut = shown < count ? `, the first ${shown} of ${count} kernels` : ''
  const table = !isRgb && inputs > 1 && inputs <= 16
  return tileGrid({
    title: [
      [[`${name}: ${out} filters [${inputs},${kh},${kw}]${cut}`, dark]],
      [[`${kinds}; each by its largest weight`, dark]],
    ],
    tiles,
    zoom: zoomTo(side, kw, kh),
    ...(table ? { columns: inputs } : {}),
  })
}
