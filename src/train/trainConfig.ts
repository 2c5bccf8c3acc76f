import * as t from 'io-ts'
import { closed } from '../graph/closedRecord.js'

const PositiveInteger = t.refinement(t.Integer, (n) => n > 0, 'a positive integer')
const Seed = t.refinement(t.Integer, (n) => n >= 0 && n < 2 ** 32, 'an integer from 0 to 4294967295')
const Rate = t.refinement(t.number, (x) => x > 0 && Number.isFinite(x), 'a positive number')
const Limit = t.union([PositiveInteger, t.null], 'a positive integer or null')

/**
 * Everything that a training's result depends on, apart from the model and the data. `limit` and `testLimit` take the
 * first so many training and test images; `null` takes all. Kept in checkpoints.
 */
export const TrainConfig = closed(
  {
    epochs: PositiveInteger,
    batchSize: PositiveInteger,
    lr: Rate,
    seed: Seed,
    limit: Limit,
    testLimit: Limit,
    backend: t.string,
  },
  'TrainConfig',
)
export type TrainConfig = t.TypeOf<typeof TrainConfig>
