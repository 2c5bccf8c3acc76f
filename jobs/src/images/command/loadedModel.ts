import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import type * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { setDefaultBackend } from 'grad-ts'
import { type IoError, tasks as io } from 'grad-ts/io'
import { tasks } from 'grad-ts/runs'
import type { Failure, GradientState } from 'grad-ts/train'
import { requireBackend } from '../../cli/backendFlag.js'
import type { ImageSet } from '../data/imageSet.js'
import { evaluate, type Judged } from '../models/evaluate.js'
import type { ImageClassifier } from '../models/imageClassifier.js'
import { runFiles } from '../run/runFiles.js'
import type { SavedRun } from './savedRun.js'

/** A run's model with its weights, ready to be asked. */
export type LoadedModel = {
  /** Judges images as the run's own test would, dropout off; `none` when it was interrupted. */
  readonly judge: (set: ImageSet, signal: AbortSignal) => Promise<O.Option<Judged>>
  readonly backend: string
  /** The file or folder that the weights are from. */
  readonly weights: string
}

/** Where a run's weights are: those that its own test used, or those of a training that is not over. */
const weightsPath = ({ folder, isFinished }: SavedRun): string =>
  isFinished ? join(folder, runFiles.weights) : tasks.checkpointFolder(folder)

const loadedState = <P, S>(
  run: SavedRun,
  { task }: ImageClassifier<P, S>,
): TE.TaskEither<IoError, GradientState<P, S>> => {
  if (!run.isFinished)
    return pipe(
      tasks.loadPosition(run.folder, task, run.config.seed),
      TE.map(({ state }) => state),
    )
  const first = task.init(run.config.seed)
  return pipe(
    io.loadWeights(weightsPath(run), task.variables(first)),
    TE.map((own) => task.withVariables(first, own)),
  )
}

/** As many as every schedule of the learning rate takes; nobody asks for a rate here. */
const scheduledUpdates = 1000

/** Loads the model of a run onto a backend, the run's own unless another is named. */
export const loadModel = (
  run: SavedRun,
  backend: string = run.config.backend,
): TE.TaskEither<Failure, LoadedModel> =>
  pipe(
    requireBackend(backend),
    TE.chain(() => {
      setDefaultBackend(backend)
      const plan = {
        config: { ...run.config, backend },
        steps: scheduledUpdates * run.config.accumulate,
      }
      return run.trained.withClassifier((classifierOf): TE.TaskEither<Failure, LoadedModel> => {
        const classifier = classifierOf(plan)
        return pipe(
          loadedState(run, classifier),
          TE.map((state) => ({
            judge: (set, signal) => evaluate(classifier, state, set, signal),
            backend,
            weights: weightsPath(run),
          })),
        )
      })
    }),
  )
