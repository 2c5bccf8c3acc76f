import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../../../../src/train/failure.js'
import { eventsOf } from '../../../../test/runs/wholeRun.js'
import type { TrainingData } from '../../../src/images/data/trainingData.js'
import type { ImageClassifier } from '../../../src/images/models/imageClassifier.js'
import type { TrainConfig } from '../../../src/images/run/trainConfig.js'
import { type Outcome, trainImages } from '../../../src/images/run/trainImages.js'
import { tinyImages } from './tinyClassifier.js'

export const tinyConfig: TrainConfig = {
  epochs: 3,
  batchSize: 4,
  lr: 0.01,
  seed: 0,
  limit: null,
  testLimit: null,
  backend: 'reference',
  weightDecay: 0,
  schedule: 'constant',
  accumulate: 1,
  average: null,
  validation: 0,
  patience: null,
  data: null,
  classes: null,
}

export const tinyData = (validation: number): TrainingData => ({
  train: tinyImages(14),
  validation: validation === 0 ? null : tinyImages(validation, 1),
  test: tinyImages(9, 2),
  source: 'columns of light',
})

export type Process = {
  readonly folder: string
  readonly config: TrainConfig
  readonly resume?: boolean
  readonly signal?: AbortSignal
  readonly checkpointEvery?: number
  readonly print?: (line: string) => void
  readonly now?: () => number
  /** Milliseconds since 1970. */
  readonly wallTime?: () => number
}

/** A whole training, as the command line does it. */
export const trainTiny = <P, S>(
  classifier: ImageClassifier<P, S>,
  { folder, config, resume, signal, checkpointEvery, print, now, wallTime }: Process,
): Promise<E.Either<Failure, Outcome>> =>
  trainImages(() => classifier, TE.right(tinyData(config.validation)), config, {
    runFolder: folder,
    resume: resume ?? false,
    checkpointEvery: checkpointEvery ?? 2,
    reportPath: undefined,
    print: print ?? (() => {}),
    progress: { write: () => true },
    signal: signal ?? new AbortController().signal,
    now: now ?? (() => 0),
    wallTime: wallTime ?? (() => 0),
    command: 'grad-ts train tiny',
  })()

const text = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8')

/** All that a run has left that two runs of one configuration have in common, byte for byte. */
export const tracesOf = (folder: string) => {
  const { timings: _, ...report } = JSON.parse(text(folder, 'report.json'))
  const manifest = JSON.parse(text(folder, 'checkpoint', 'manifest.json'))
  return {
    report,
    // its array file is named after its content, and the digest of that is in it
    manifest,
    metrics: text(folder, 'metrics.csv'),
    steps: text(folder, 'steps.jsonl'),
    events: eventsOf(folder),
    weights: readFileSync(join(folder, 'weights.safetensors'), 'base64'),
    pictures: ['loss.svg', 'accuracy.svg', 'confusion.svg'].map((name) => text(folder, name)),
    mistakes: readFileSync(join(folder, 'mistakes.png'), 'base64'),
  }
}
