import { expect, it } from 'vitest'
import type { TrainConfig } from '../../../src/images/run/trainConfig.js'
import { unmetWishes } from '../../../src/images/run/unmetWishes.js'
import { tinyConfig, tinyData } from './wholeRun.js'

// 14 images to train on, 9 to be tested on, 3 epochs
it.each<readonly [string, Partial<TrainConfig>, number, readonly string[]]>([
  ['nothing', { batchSize: 14, limit: 18, testLimit: 9, patience: 1, validation: 4 }, 4, []],
  [
    'a batch larger than the data',
    { batchSize: 15 },
    3,
    ['note: --batch-size 15: there are 14 images to train on, one batch has them all'],
  ],
  [
    'more training images than there are',
    { limit: 19, validation: 4 },
    12,
    ['note: --limit 19: there are 18 training images, all are taken'],
  ],
  [
    'more test images than there are',
    { testLimit: 10 },
    12,
    ['note: --test-limit 10: there are 9 test images, all are taken'],
  ],
  [
    'a last update that is not full',
    { accumulate: 5 },
    12,
    ['note: --accumulate 5: the last 2 of 12 batches make no update'],
  ],
  [
    'patience to the end',
    { patience: 2, validation: 4 },
    12,
    ['note: --patience 2: 3 epochs are too few for it, all are trained'],
  ],
])('%s', (_what, asked, steps, lines) => {
  const config = { ...tinyConfig, ...asked }
  expect(unmetWishes(config, tinyData(config.validation), steps)).toEqual(lines)
})
