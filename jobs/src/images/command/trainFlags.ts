import { codecs } from 'grad-ts/io'
import * as t from 'io-ts'
import { decodeFlags, numberFrom, PositiveInteger } from '../../cli/flags.js'

/** The flags of `grad-ts train`, each optional; what is not given is the default, or the resumed run's. */
export const TrainFlags = codecs.closedPartial(
  {
    epochs: PositiveInteger,
    batchSize: PositiveInteger,
    lr: numberFrom('a positive number', (x) => x > 0 && Number.isFinite(x)),
    seed: numberFrom('an integer from 0 to 4294967295', (n) => Number.isInteger(n) && n >= 0 && n < 2 ** 32),
    limit: PositiveInteger,
    testLimit: PositiveInteger,
    weightDecay: numberFrom('a number, not negative', (x) => x >= 0 && Number.isFinite(x)),
    schedule: t.keyof({ constant: null, cosine: null, 'one-cycle': null }, 'constant, cosine or one-cycle'),
    accumulate: PositiveInteger,
    average: numberFrom('a number from 0 to below 1', (x) => x >= 0 && x < 1),
    validation: numberFrom('an integer, not negative', (n) => Number.isSafeInteger(n) && n >= 0),
    patience: PositiveInteger,
    checkpointEvery: PositiveInteger,
    backend: t.string,
    data: t.string,
    out: t.string,
    report: t.string,
    resume: t.boolean,
  },
  'TrainFlags',
)
export type TrainFlags = t.TypeOf<typeof TrainFlags>

export const decodeTrainFlags = decodeFlags(TrainFlags)
