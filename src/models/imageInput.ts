import type { Tensor } from '../graph/tensor.js'
import { formatAval, type Shape } from '../ir/aval.js'
import { ShapeError } from '../ir/errors.js'

const axisNames: Readonly<Record<number, string>> = { 1: 'l', 2: 'h, w', 3: 'd, h, w' }

/** @throws ShapeError unless x is [n, channels, …] with `spatialAxes` more axes @internal */
export const requireImages = (name: string, x: Tensor, channels: number, spatialAxes: number): void => {
  if (x.ndim === spatialAxes + 2 && x.shape[1] === channels) return
  const axes = axisNames[spatialAxes]
  const fix = x.ndim === spatialAxes + 1 ? 'Put a batch axis first.' : 'The layout is [batch, channels, …].'
  throw new ShapeError(
    `${name}: an input [n, ${channels}, ${axes}] is required, got ${formatAval(x.aval)}. ${fix}`,
  )
}

/** The shape of one value for each channel that broadcasts with [n, channels, …]: [channels, 1, …]. @internal */
export const channelShape = (channels: number, rank: number): Shape => [
  channels,
  ...new Array<number>(rank - 2).fill(1),
]
