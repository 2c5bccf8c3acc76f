import {
  colorTestTransform,
  colorTrainTransform,
  mnistTestTransform,
  mnistTrainTransform,
} from 'grad-ts/augment'
import type { ImageModel } from './imageClassifier.js'
import { myNet } from './myNet.js'

type Network = ReturnType<typeof myNet>

/** The convolutional network on coloured images of any classes, 48×48, turned and lit at random while training. */
export const imageCnn = (
  name: string,
  classes: number,
): ImageModel<ReturnType<Network['init']>['params'], null> => ({
  name,
  model: myNet({ classes }),
  classes,
  transforms: { train: colorTrainTransform, test: colorTestTransform },
})

/** The convolutional network on MNIST's digits, 48×48 in three channels, turned and lit at random while training. */
export const mnistCnn: ImageModel<ReturnType<Network['init']>['params'], null> = {
  name: 'mnist-cnn',
  model: myNet({ classes: 10 }),
  classes: 10,
  transforms: { train: mnistTrainTransform, test: mnistTestTransform },
}
