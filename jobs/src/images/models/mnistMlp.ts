import { nn } from 'grad-ts'
import { mnistScale, normalize } from 'grad-ts/augment'
import type { ImageModel } from './imageClassifier.js'

/** 784-128-10 with ReLU between. */
const network = () =>
  nn.sequential({ flatten: nn.flatten, fc1: nn.linear(784, 128), relu: nn.relu, fc2: nn.linear(128, 10) })

type Network = ReturnType<typeof network>

const scaled = normalize(mnistScale.mean, mnistScale.std)

/** The two-layer network on MNIST's digits as they are. */
export const mnistMlp: ImageModel<ReturnType<Network['init']>['params'], null> = {
  name: 'mnist-mlp',
  model: network(),
  classes: 10,
  transforms: { train: scaled, test: scaled },
}
