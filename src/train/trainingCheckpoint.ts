import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { TrainConfig } from '../../jobs/src/images/run/trainConfig.js'
import { firstProblem, problemRequirement } from '../formats/decodeProblem.js'
import { type IoError, ioFormatError } from '../formats/ioError.js'
import { manifestName } from '../io/checkpoint.js'
import type { CheckpointManifest } from '../io/checkpointManifest.js'
import { loadCheckpoint, readManifest } from '../io/loadCheckpoint.js'
import { saveCheckpoint } from '../io/saveCheckpoint.js'
import type { Position } from './callback.js'
import type { Failure } from './failure.js'
import { requireFiniteState } from './finiteState.js'
import type { Learner } from './learner.js'

/** The folder of a run that holds its checkpoint. */
export const checkpointName = 'checkpoint'

/** Where a run keeps its checkpoint. */
export const checkpointFolder = (runFolder: string): string => join(runFolder, checkpointName)

const damaged = 'The checkpoint is damaged; use another.'

/** Saves where a training stands, and what it was started with; a state that is not finite is refused, and the old checkpoint stays. */
export const savePosition = <S>(
  runFolder: string,
  learner: Learner<S>,
  config: TrainConfig,
  { state, history }: Position<S>,
  epoch: number,
): TE.TaskEither<Failure, void> =>
  pipe(
    TE.fromTask(() => learner.toHost(state)),
    TE.chainEitherK((host) =>
      requireFiniteState(host, `after step ${history.loss.length}`, checkpointFolder(runFolder)),
    ),
    TE.chainW((host) =>
      saveCheckpoint(checkpointFolder(runFolder), {
        model: learner.model,
        counters: { step: history.loss.length, epoch },
        config: TrainConfig.encode(config),
        state: host,
        series: { ...history },
      }),
    ),
  )

/** What the run in `runFolder` was started with, as its manifest says. */
export const manifestConfig = (
  runFolder: string,
  { config }: CheckpointManifest,
): E.Either<IoError, TrainConfig> =>
  pipe(
    TrainConfig.decode(config),
    E.mapLeft((errors) => {
      const problem = firstProblem(errors)
      const path = join(checkpointFolder(runFolder), manifestName)
      return ioFormatError(path, `in config, ${problemRequirement(problem)}`, problem.got, damaged)
    }),
  )

/** What the run in `runFolder` was started with. */
export const savedConfig = (runFolder: string): TE.TaskEither<IoError, TrainConfig> =>
  pipe(
    readManifest(checkpointFolder(runFolder)),
    TE.chainEitherK((manifest) => manifestConfig(runFolder, manifest)),
  )

/** Loads where the training in `runFolder` stands; refuses a checkpoint of another model. */
export const loadPosition = <S>(
  runFolder: string,
  learner: Learner<S>,
): TE.TaskEither<IoError, Position<S>> => {
  const folder = checkpointFolder(runFolder)
  return pipe(
    TE.fromTask(() => learner.toHost(learner.init)),
    TE.chain((template) => loadCheckpoint(folder, learner.model, template)),
    TE.chainEitherK(({ state, counters, series }) => {
      const { loss, correct, validationLoss, validationAccuracy } = series
      const isWhole =
        loss?.length === counters['step'] &&
        correct?.length === counters['step'] &&
        validationLoss !== undefined &&
        validationLoss.length === validationAccuracy?.length
      return isWhole
        ? E.right({
            state: learner.fromHost(state),
            history: { loss, correct, validationLoss, validationAccuracy },
          })
        : E.left<IoError>(
            ioFormatError(folder, `series of ${counters['step']} steps`, 'another number', damaged),
          )
    }),
  )
}
