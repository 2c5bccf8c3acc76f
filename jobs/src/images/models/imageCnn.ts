import { colorTestTransform, colorTrainTransform } from 'grad-ts/augment'
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
