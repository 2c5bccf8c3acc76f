import { GradError, nn } from 'grad-ts'
import { codecs } from 'grad-ts/io'

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
  const {
    classes,
    imageSize = 48,
    channels = 3,
  } = codecs.optionsOf('myNet', 'classes imageSize channels', options)
  if (!Number.isInteger(imageSize) || imageSize < 4)
    throw new GradError(`myNet: an imageSize of at least 4 is required, got ${imageSize}.`)
  const side = Math.floor(imageSize / 4)
  return nn.sequential({
    conv1: nn.conv2d(channels, 32, 3, { padding: 1 }),
    relu1: nn.relu,
    conv2: nn.conv2d(32, 64, 3, { padding: 1 }),
    relu2: nn.relu,
    pool2: nn.maxPool({ window: 2 }),
    conv3: nn.conv2d(64, 128, 3, { padding: 1 }),
    relu3: nn.relu,
    pool3: nn.maxPool({ window: 2 }),
    flatten: nn.flatten,
    dropout1: nn.dropout(0.5),
    fc1: nn.linear(128 * side ** 2, 512),
    relu4: nn.relu,
    dropout2: nn.dropout(0.5),
    fc2: nn.linear(512, classes),
  })
}
