import { relu } from '../functions/nn.js'
import { optionsOf } from '../graph/options.js'
import { GradError } from '../ir/errors.js'
import { conv2d } from './convolution/conv.js'
import { linear } from './dense/linear.js'
import { dropout } from './dropout.js'
import { flatten } from './flatten.js'
import { maxPool } from './pooling/pool.js'
import { sequential } from './sequential.js'

export type MyNetOptions = {
  /** How many logits come out: 10 for digits, 43 for traffic signs. */
  readonly classes: number
  /** Height and width of the images, 48 by default. */
  readonly imageSize?: number
  /** Channels of the images, 3 by default. */
  readonly channels?: number
}

/**
 * Three convolutions 3×3 with a border (to 32, 64 and 128 channels) and ReLU, the second and third halved by maxima; then 512
 * hidden units and the logits, each behind dropout of 0.5: f32[n, channels, s, s] → f32[n, classes]. Parameters have the names of the PyTorch
 * module: conv1, conv2, conv3, fc1, fc2.
 * @throws GradError on an image too small to be halved twice
 * @example
 * ```ts
 * import { summary } from 'grad-ts/debug'
 *
 * summary(nn.myNet({ classes: 43 }), [1, 3, 48, 48])
 * // => layer                                 output         parameters
 * //    ────────────────────────────────────  ─────────────  ──────────
 * //    conv1: conv2d(3, 32, 3, padding 1)    [1,32,48,48]          896
 * //    relu1: relu                           [1,32,48,48]            0
 * //    conv2: conv2d(32, 64, 3, padding 1)   [1,64,48,48]       18,496
 * //    relu2: relu                           [1,64,48,48]            0
 * //    pool2: maxPool(2)                     [1,64,24,24]            0
 * //    conv3: conv2d(64, 128, 3, padding 1)  [1,128,24,24]      73,856
 * //    relu3: relu                           [1,128,24,24]           0
 * //    pool3: maxPool(2)                     [1,128,12,12]           0
 * //    flatten                               [1,18432]               0
 * //    dropout1: dropout(0.5)                [1,18432]               0
 * //    fc1: linear(18432, 512)               [1,512]         9,437,696
 * //    relu4: relu                           [1,512]                 0
 * //    dropout2: dropout(0.5)                [1,512]                 0
 * //    fc2: linear(512, 43)                  [1,43]             22,059
 * //    ────────────────────────────────────  ─────────────  ──────────
 * //    total                                                 9,553,003
 * ```
 */
export const myNet = (options: MyNetOptions) => {
  const { classes, imageSize = 48, channels = 3 } = optionsOf('myNet', 'classes imageSize channels', options)
  if (!Number.isInteger(imageSize) || imageSize < 4)
    throw new GradError(`myNet: an imageSize of at least 4 is required, got ${imageSize}.`)
  const side = Math.floor(imageSize / 4)
  return sequential({
    conv1: conv2d(channels, 32, 3, { padding: 1 }),
    relu1: relu,
    conv2: conv2d(32, 64, 3, { padding: 1 }),
    relu2: relu,
    pool2: maxPool({ window: 2 }),
    conv3: conv2d(64, 128, 3, { padding: 1 }),
    relu3: relu,
    pool3: maxPool({ window: 2 }),
    flatten,
    dropout1: dropout(0.5),
    fc1: linear(128 * side ** 2, 512),
    relu4: relu,
    dropout2: dropout(0.5),
    fc2: linear(512, classes),
  })
}
