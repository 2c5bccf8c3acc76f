import type { TrainingData } from '../data/trainingData.js'
import type { TrainConfig } from './trainConfig.js'

const many = (n: number): string => n.toLocaleString('en-US')

/** Wishes that these data and epochs cannot meet in full, a line each. */
export const unmetWishes = (
  { limit, testLimit, batchSize, accumulate, patience, epochs }: TrainConfig,
  { train, validation, test }: TrainingData,
  steps: number,
): readonly string[] => {
  const images = train.count + (validation?.count ?? 0)
  const idle = steps % accumulate
  const wishes: readonly (readonly [isUnmet: boolean, line: string])[] = [
    [
      limit !== null && limit > images,
      `--limit ${limit}: there are ${many(images)} training images, all are taken`,
    ],
    [
      testLimit !== null && testLimit > test.count,
      `--test-limit ${testLimit}: there are ${many(test.count)} test images, all are taken`,
    ],
    [
      batchSize > train.count,
      `--batch-size ${batchSize}: there are ${many(train.count)} images to train on, one batch has them all`,
    ],
    [idle > 0, `--accumulate ${accumulate}: the last ${idle} of ${many(steps)} batches make no update`],
    [
      patience !== null && patience >= epochs - 1,
      `--patience ${patience}: ${epochs} epochs are too few for it, all are trained`,
    ],
  ]
  return wishes.flatMap(([isUnmet, line]) => (isUnmet ? [`note: ${line}`] : []))
}
