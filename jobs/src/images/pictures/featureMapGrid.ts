import * as O from 'fp-ts/lib/Option.js'
import { type Color, rasterOf } from '../../pictures/canvas.js'
import { sequentialColor } from '../../pictures/colorScale.js'
import { dark, type Tile, tileGrid, zoomTo } from '../../pictures/tileGrid.js'
import { requireRank, type Values } from './filterGrid.js'

export type FeatureMapOptions = {
  /** A name for the maps: `conv1 of test image 0, a 7`. */
  readonly name: string
  /** How many maps are drawn at most: 64 unless it is given. */
  readonly limit?: number
}

const side = 80
const pale: Color = [110, 110, 110]

/** Least and greatest of the finite ones among `count` elements from `start`; none where there are none. */
const rangeOf = (
  data: ArrayLike<number>,
  start: number,
  count: number,
): O.Option<{ readonly least: number; readonly greatest: number }> => {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = start; i < start + count; i++) {
    if (!Number.isFinite(data[i])) continue
    least = Math.min(least, data[i])
    greatest = Math.max(greatest, data[i])
  }
  return least <= greatest ? O.some({ least, greatest }) : O.none
}

/** Two digits, as short as it goes. */
const short = (x: number): string => String(Number(x.toPrecision(2)))

/**
 * A PNG of the maps that a convolution gives, `maps` f32[c,h,w]: each from its least (dark) to its greatest value (light),
 * which are written under it. A map that is the same everywhere is dark; NaN is magenta.
 * @throws ShapeError where the maps are of another rank.
 */
export const featureMapGrid = (maps: Values, { name, limit = 64 }: FeatureMapOptions): Uint8Array => {
  requireRank('featureMapGrid', maps, 'c,h,w')
  const {
    shape: [count, h, w],
    data,
  } = maps
  const shown = Math.min(count, limit)
  const tiles = Array.from({ length: shown }, (_, c): Tile => {
    const start = c * h * w
    const range = rangeOf(data, start, h * w)
    const { least, greatest } = O.isSome(range) ? range.value : { least: 0, greatest: 0 }
    const span = greatest > least ? greatest - least : 1
    const words = O.isSome(range) ? `${short(least)}..${short(greatest)}` : 'not finite'
    return {
      picture: rasterOf(w, h, (x, y) => sequentialColor((data[start + y * w + x] - least) / span)),
      caption: [[[String(c), dark]], [[words, pale]]],
    }
  })
  const cut = shown < count ? `, the first ${shown}` : ''
  return tileGrid({
    title: [
      [[`${name}: ${count} maps [${h},${w}]${cut}`, dark]],
      [['each from its least (dark) to its greatest value (light)', dark]],
    ],
    tiles,
    zoom: zoomTo(side, w, h),
  })
}
