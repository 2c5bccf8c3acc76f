import { relu } from '../../../../src/functions/nn.js'
import { optionsOf } from '../../../../src/graph/options.js'
import { GradError } from '../../../../src/ir/errors.js'
import { conv2d } from '../../../../src/models/convolution/conv.js'
import { linear } from '../../../../src/models/dense/linear.js'
import { dropout } from '../../../../src/models/dropout.js'
import { flatten } from '../../../../src/models/flatten.js'
import { maxPool } from '../../../../src/models/pooling/pool.js'
import { sequential } from '../../../../src/models/sequential.js'

type MyNetOptions = {
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
