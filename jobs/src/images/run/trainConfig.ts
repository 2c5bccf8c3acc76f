import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { codecs, type IoError, ioFormatError } from 'grad-ts/io'
import { type SavedRun, tasks } from 'grad-ts/runs'
import * as t from 'io-ts'
import { withDefault } from './fieldCodecs.js'

const PositiveInteger = t.refinement(t.Integer, (n) => n > 0, 'a positive integer')
const Seed = t.refinement(t.Integer, (n) => n >= 0 && n < 2 ** 32, 'an integer from 0 to 4294967295')
const Rate = t.refinement(t.number, (x) => x > 0 && Number.isFinite(x), 'a positive number')
const NonNegative = t.refinement(t.number, (x) => x >= 0 && Number.isFinite(x), 'a number, not negative')
const Decay = t.refinement(t.number, (x) => x >= 0 && x < 1, 'a number from 0 to below 1')
const Natural = t.refinement(t.Integer, (n) => n >= 0, 'an integer, not negative')
const Limit = t.union([PositiveInteger, t.null], 'a positive integer or null')

/**
 * Everything that a training's result depends on, apart from the model and what is in the data. `data` is the folder that was named for
 * them, and `classes` what its images tell apart where the model does not say it; `null`: the model's own. `limit` and `testLimit` take
 * the first so many training and test images; `null` takes all. Of the training images the last `validation` are not trained on:
 * each epoch is judged on them, the best epoch's weights are kept, and training stops after `patience` epochs without a better one.
 * `weightDecay` is L2, as in PyTorch's Adam; `schedule` is that of the learning rate; `accumulate` batches make one update;
 * `average` is the decay of a moving average of the parameters, with which the model is judged. Kept in checkpoints.
 */
export const TrainConfig = codecs.closed(
  {
    epochs: PositiveInteger,
    batchSize: PositiveInteger,
    lr: Rate,
    seed: Seed,
    limit: Limit,
    testLimit: Limit,
    backend: t.string,
    weightDecay: NonNegative,
    schedule: t.keyof({ constant: null, cosine: null, 'one-cycle': null }, 'constant, cosine or one-cycle'),
    accumulate: PositiveInteger,
    average: t.union([Decay, t.null], 'a number from 0 to below 1 or null'),
    validation: Natural,
    patience: Limit,
    data: withDefault(t.union([t.string, t.null], 'a string or null'), null),
    classes: withDefault(t.union([t.readonlyArray(t.string), t.null], 'strings or null'), null),
  },
  'TrainConfig',
)
export type TrainConfig = t.TypeOf<typeof TrainConfig>

/** The configuration that the run in a folder was started with. */
export const savedConfig = (folder: string, { config }: SavedRun): E.Either<IoError, TrainConfig> =>
  pipe(
    TrainConfig.decode(config.options),
    E.mapLeft((errors) => {
      const problem = codecs.firstProblem(errors)
      return ioFormatError(
        tasks.manifestPath(folder),
        `in config, ${codecs.problemRequirement(problem)}`,
        problem.got,
        'The checkpoint is damaged; use another.',
      )
    }),
  )
