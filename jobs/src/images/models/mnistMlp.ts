import { normalize } from '../../../../src/data/augment/normalize.js'
import { mnistScale } from '../../../../src/data/pixels.js'
import { relu } from '../../../../src/functions/nn.js'
import { linear } from '../../../../src/models/dense/linear.js'
import { flatten } from '../../../../src/models/flatten.js'
import { sequential } from '../../../../src/models/sequential.js'
import type { ImageTask } from './imageClassifier.js'

/** 784-128-10 with ReLU between. */
const network = () => sequential({ flatten, fc1: linear(784, 128), relu, fc2: linear(128, 10) })

type Network = ReturnType<typeof network>

const scaled = normalize(mnistScale.mean, mnistScale.std)

/** The two-layer network on MNIST's digits as they are. */
export const mnistMlp: ImageTask<ReturnType<Network['init']>['params'], null> = {
  name: 'mnist-mlp',
  model: network(),
  classes: 10,
  transforms: { train: scaled, test: scaled },
}
