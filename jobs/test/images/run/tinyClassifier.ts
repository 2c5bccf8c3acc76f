import { nn } from 'grad-ts'
import { identityTransform } from 'grad-ts/augment'
import type { ImageSet } from '../../../src/images/data/imageSet.js'
import {
  type ImageClassifier,
  type ImageModel,
  imageClassifier,
  type LearningPlan,
} from '../../../src/images/models/imageClassifier.js'

/** FNV-1a over whole numbers. */
const mix = (start: number, numbers: ArrayLike<number>): number => {
  let h = start
  for (let i = 0; i < numbers.length; i++) h = Math.imul(h ^ numbers[i], 16777619) >>> 0
  return h
}

/** Grey images of 4×4 pixels in three classes, which can be told apart: each class lights columns of its own. */
export const tinyImages = (count: number, salt = 0): ImageSet => ({
  count,
  channels: 1,
  height: 4,
  width: 4,
  pixels: Uint8Array.from({ length: 16 * count }, (_, i) => {
    const [image, column] = [Math.floor(i / 16), i % 4]
    const noise = mix(salt + 1, [i, image]) % 90
    return column === (image * 7 + salt) % 3 ? 160 + noise : noise
  }),
  labels: Uint32Array.from({ length: count }, (_, i) => (i * 7 + salt) % 3),
  classes: ['left', 'middle', 'right'],
})

const network = nn.sequential({ flatten: nn.flatten, fc: nn.linear(16, 3) })
type Params = ReturnType<typeof network.init>['params']
type State = ReturnType<typeof network.init>['state']

/** One layer. */
const tiny: ImageModel<Params, State> = {
  name: 'tiny',
  model: network,
  classes: 3,
  transforms: { train: identityTransform, test: identityTransform },
}

const made = new Map<string, ImageClassifier<Params, State>>()

/** A classifier of `tinyImages`, compiled once for each plan; `tell` hears of each step and judgement before it is done. */
export const tinyClassifier = (
  plan: LearningPlan,
  tell: (what: 'step' | 'judge') => void = () => {},
): ImageClassifier<Params, State> => {
  const name = JSON.stringify(plan)
  const classifier = made.get(name) ?? imageClassifier(tiny, plan)
  made.set(name, classifier)
  const { task } = classifier
  const told =
    <A extends readonly unknown[], R>(what: 'step' | 'judge', f: (...args: A) => R) =>
    (...args: A): R => {
      tell(what)
      return f(...args)
    }
  return {
    ...classifier,
    predict: told('judge', classifier.predict),
    task: { ...task, step: told('step', task.step), judge: told('judge', task.judge) },
  }
}
