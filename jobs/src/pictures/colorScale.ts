import type { Color } from './canvas.js'

type Stops = readonly Color[]

/** Evenly spaced samples of matplotlib's viridis, which grows evenly brighter to the eye. */
const viridis: Stops = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 74, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
]

/** Blue, white, red: ColorBrewer's RdBu, turned round. */
const blueWhiteRed: Stops = [
  [33, 102, 172],
  [103, 169, 207],
  [209, 229, 240],
  [247, 247, 247],
  [253, 219, 199],
  [239, 138, 98],
  [178, 24, 43],
]

/** The colour of a value that has no place on a scale. */
const notANumber: Color = [255, 0, 255]

/** Between the stops, linearly; what is out of 0…1 takes the nearer end, and NaN is magenta. */
const between = (stops: Stops, x: number): Color => {
  if (Number.isNaN(x)) return notANumber
  const at = Math.min(Math.max(x, 0), 1) * (stops.length - 1)
  const below = Math.min(Math.floor(at), stops.length - 2)
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(stops[below][channel] + (at - below) * (stops[below + 1][channel] - stops[below][channel]))
  return [mix(0), mix(1), mix(2)]
}

/** From dark (0) to light (1). */
export const sequentialColor = (x: number): Color => between(viridis, x)

/** From blue (−1) by white (0) to red (1). */
export const divergingColor = (x: number): Color => between(blueWhiteRed, (x + 1) / 2)

/** Intensities of red, green and blue, each from −1 (dark) by grey (0) to 1 (bright). */
export const signedRgb = (r: number, g: number, b: number): Color => {
  if (Number.isNaN(r + g + b)) return notANumber
  const byte = (x: number): number => Math.round(255 * Math.min(Math.max((x + 1) / 2, 0), 1))
  return [byte(r), byte(g), byte(b)]
}
