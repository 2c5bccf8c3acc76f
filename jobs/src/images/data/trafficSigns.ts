import { GradError, jit, np, random, type Tensor, vmap } from 'grad-ts'
import { codecs } from 'grad-ts/io'
import type { ImageSet } from './imageSet.js'
import { signClassCount, signColor, signKinds } from './signKinds.js'

/** Place (2), size, turn, light and the ground's colour (3) of a sign; what is drawn after them is noise. */
const scalars = 8

/** Signs that are drawn for at once. */
const atOnce = 32

/** `perSign` numbers of [0, 1) for each of the signs from `first` on: f32[atOnce, perSign], row i those of foldIn(key, first + i). */
const draws = jit(
  (seedKey: Tensor, first: Tensor, perSign: number): Tensor =>
    vmap((i: Tensor) => random.uniform(random.foldIn(seedKey, i), [perSign]))(np.arange(atOnce).add(first)),
  { staticArgs: [2] },
)

/** Paints a sign of `size` × `size` over `out`, bytes [3, size, size], from the numbers that were drawn for it. */
const paintSign = (
  out: Uint8Array,
  size: number,
  kind: (typeof signKinds)[number],
  drawn: ArrayLike<number>,
): void => {
  const area = size * size
  const [left, top, larger, turn, light, r, g, b] = Array.from({ length: scalars }, (_, i) => drawn[i])
  const ground = [r, g, b].map((v) => 0.2 + 0.5 * v)
  const radius = (0.3 + 0.15 * larger) * size
  const [centerX, centerY] = [left, top].map((v) => (0.45 + 0.1 * v) * (size - 1))
  const angle = (turn - 0.5) * 0.35
  const [c, s] = [Math.cos(angle), Math.sin(angle)]
  for (let p = 0; p < area; p++) {
    const x = ((p % size) - centerX) / radius
    const y = (Math.floor(p / size) - centerY) / radius
    const color = signColor(kind, c * x + s * y, c * y - s * x) ?? ground
    for (let channel = 0; channel < 3; channel++) {
      const at = channel * area + p
      const value = color[channel] * (0.55 + 0.45 * light) + 0.1 * (drawn[scalars + at] - 0.5)
      out[at] = Math.round(255 * Math.min(1, Math.max(0, value)))
    }
  }
}

type SignOptions = {
  readonly count: number
  readonly size: number
  readonly seed: number
}

/**
 * Synthetic traffic signs: 43 classes, as many as the German benchmark (GTSRB) has, but **drawn, not photographed**: an
 * outline, its colours and a glyph, at random places and sizes, a little turned, in random light on a random ground, with noise. A
 * stand-in to run a network of that many classes on, which says nothing about real signs. RGB, size × size; image i is
 * of class i mod 43, and depends on the seed and i alone.
 * @throws GradError unless count and size are positive integers
 * @example
 * ```ts
 * import * as data from 'grad-ts-jobs'
 * const signs = data.trafficSigns({ count: 50, size: 24, seed: 0 })
 * signs.classes.length // => 43
 * signs.pixels.length // => 86400
 * ```
 */
export const trafficSigns = (options: SignOptions): ImageSet => {
  const { count, size, seed } = codecs.optionsOf('trafficSigns', 'count size seed', options)
  if (![count, size].every((n) => Number.isInteger(n) && n > 0))
    throw new GradError(`trafficSigns: a positive count and size are required, got ${count} and ${size}.`)
  const [seedKey, bytes] = [random.key(seed), 3 * size * size]
  const perSign = scalars + bytes
  const pixels = new Uint8Array(count * bytes)
  for (let first = 0; first < count; first += atOnce) {
    const drawn = draws(seedKey, np.array(first, { dtype: 'int32' }), perSign).dataSync()
    for (let i = first; i < Math.min(count, first + atOnce); i++)
      paintSign(
        pixels.subarray(i * bytes, (i + 1) * bytes),
        size,
        signKinds[i % signClassCount],
        drawn.subarray((i - first) * perSign, (i - first + 1) * perSign),
      )
  }
  return {
    count,
    channels: 3,
    height: size,
    width: size,
    pixels,
    labels: Uint32Array.from({ length: count }, (_, i) => i % signClassCount),
    classes: signKinds.map(({ name }) => name),
  }
}
