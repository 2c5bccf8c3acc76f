import { clip } from '../../functions/numpy/elementwise.js'
import { pad } from '../../functions/numpy/padding.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { add, mul, sub } from '../../ops/elementwise/arithmetic.js'
import { convert } from '../../ops/elementwise/convert.js'
import { floor, round } from '../../ops/elementwise/rounding.js'
import { gather } from '../../ops/indexing/gather.js'
import { iota } from '../../ops/movement/iota.js'
import { reshape } from '../../ops/movement/reshape.js'
import { transpose } from '../../ops/movement/transpose.js'
import { requireImage } from './requireImage.js'

/** How a value between pixels is found: the nearest pixel, or the weighted four around. */
export type Interpolation = 'nearest' | 'bilinear'

/** Rows [xx, xy, x0] and [yx, yy, y0] of a map of the plane: x' = xx·x + xy·y + x0, y' = yx·x + yy·y + y0. */
export type AffineMap = readonly [
  readonly [TensorLike, TensorLike, TensorLike],
  readonly [TensorLike, TensorLike, TensorLike],
]

/** Coordinates from the centre, −(n − 1)/2 … (n − 1)/2, along one axis of [height, width]. */
const centered = (n: number, axis: 0 | 1): Tensor =>
  sub(convert(iota('int32', axis === 0 ? [n, 1] : [1, n], axis), 'float32'), (n - 1) / 2)

/**
 * The image read at moved places: out[:, y, x] = image at `map` of (x, y), both counted in pixels from the centre, x to the
 * right and y down. Outside of the image is 0, and bilinear values blend with it: float[c, h, w] → the same.
 * As torch's `grid_sample(…, padding_mode='zeros', align_corners=False)`; halves are rounded to even by 'nearest'.
 */
export const affineSample = (
  name: string,
  image: Tensor,
  [[xx, xy, x0], [yx, yy, y0]]: AffineMap,
  interpolation: Interpolation,
): Tensor => {
  const [channels, height, width] = requireImage(name, image)
  const x = centered(width, 1)
  const y = centered(height, 0)
  // what lies further out than the border of zeros reads the border
  const px = clip(add(add(add(mul(x, xx), mul(y, xy)), x0), (width - 1) / 2), -1, width)
  const py = clip(add(add(add(mul(x, yx), mul(y, yy)), y0), (height - 1) / 2), -1, height)
  // one zero before, two after: the second for the neighbour of the first
  const row = width + 3
  const bordered = reshape(
    pad(image, [
      [0, 0],
      [1, 2],
      [1, 2],
    ]),
    [channels, (height + 3) * row],
  )
  const place = (left: Tensor, top: Tensor): Tensor =>
    convert(add(add(mul(top, row), left), row + 1), 'int32')
  const read = (places: Tensor): Tensor => transpose(gather(bordered, [places], [1]), [2, 0, 1])
  if (interpolation === 'nearest') return read(place(round(px), round(py)))
  const [left, top] = [floor(px), floor(py)]
  const at = place(left, top)
  const mix = (a: Tensor, b: Tensor, share: Tensor): Tensor => add(a, mul(sub(b, a), share))
  const across = sub(px, left)
  return mix(
    mix(read(at), read(add(at, 1)), across),
    mix(read(add(at, row)), read(add(at, row + 1)), across),
    sub(py, top),
  )
}
