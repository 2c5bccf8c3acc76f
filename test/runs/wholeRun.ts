import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { decodeEvent } from '../../src/formats/tensorBoardEvent.js'
import { decodeTfRecords } from '../../src/formats/tfRecord.js'
import { type FolderOptions, inFolder } from '../../src/runs/inFolder.js'
import type { Monitor } from '../../src/train/callbacks/earlyStopping.js'
import { judgeAll } from '../../src/train/evaluate.js'
import type { Failure } from '../../src/train/failure.js'
import { type FitResult, fitTask } from '../../src/train/fit.js'
import type { FitOptions } from '../../src/train/fitOptions.js'
import {
  type CountingFigures,
  type CountingTask,
  type Numbers,
  numbers,
  type Seen,
  seenOf,
} from '../train/countingTask.js'

type CountingOptions = FitOptions<Seen, Numbers, CountingFigures>

/** What is the same in all processes of a run. */
export type Plan = {
  readonly epochs: number
  /** Validation of so many examples, as a dataset or by a function; `none` of them: no validation. */
  readonly validation: 'none' | 'dataset' | 'function'
  readonly validated?: number
  readonly patience?: number | null
  readonly monitor?: Monitor
}

/** `folder`: where the run is kept; left out, it is not. */
export type Process = Omit<Partial<CountingOptions>, 'validation' | 'run'> &
  FolderOptions & { readonly folder?: string }

/** The options of `fit` that keep a run in a folder, if one is named. */
const keptIn = ({ folder, resume, checkpointEvery, config, scalars, wallTime, ...rest }: Process) => ({
  ...rest,
  ...(folder === undefined
    ? {}
    : {
        run: inFolder(folder, {
          resume,
          checkpointEvery: checkpointEvery ?? 2,
          config,
          scalars: scalars ?? ((step) => ({ rate: 1 / (step + 1) })),
          wallTime: wallTime ?? (() => 0),
        }),
      }),
})

const validationOf = (
  task: CountingTask,
  { validation, validated = 300 }: Plan,
): Pick<CountingOptions, 'validation'> => {
  if (validation === 'none') return {}
  const dataset = numbers(validated, 1)
  if (validation === 'dataset') return { validation: dataset }
  return {
    validation: async (state, signal) =>
      O.toNullable(await judgeAll(task, state, dataset, { batchSize: 4, signal })),
  }
}

/** Trains on 14 examples in batches of 4: four steps an epoch, a checkpoint every second where nothing else is said. */
export const trainCounting = (
  task: CountingTask,
  plan: Plan,
  process: Process = {},
): Promise<E.Either<Failure, FitResult<Seen>>> => {
  const { epochs, patience = null, monitor } = plan
  return fitTask(task, {
    train: numbers(14),
    batchSize: 4,
    epochs,
    patience,
    ...validationOf(task, plan),
    ...(monitor === undefined ? {} : { monitor }),
    now: () => 0,
    ...keptIn(process),
  })()
}

const text = (...path: readonly string[]): string | null =>
  existsSync(join(...path)) ? readFileSync(join(...path), 'utf8') : null

/** The events of a run's TensorBoard log without their times. */
export const eventsOf = (folder: string): readonly object[] => {
  const path = join(folder, 'tensorboard', 'events.out.tfevents.grad-ts')
  const decoded = decodeTfRecords(path, readFileSync(path))
  if (decoded._tag === 'Left') throw new Error(decoded.left.message)
  return decoded.right.records.map(({ data }) => {
    const event = decodeEvent(path, data)
    if (event._tag === 'Left') throw new Error(event.left.message)
    return { ...event.right, wallTime: 0 }
  })
}

/** All that a run has left that two runs of one plan have in common, byte for byte. */
export const tracesOf = (folder: string) => ({
  files: readdirSync(folder, { recursive: true }).map(String).sort(),
  // array files are named after their contents, and the digests of these are in the manifests
  checkpoint: text(folder, 'checkpoint', 'manifest.json'),
  best: text(folder, 'best', 'manifest.json'),
  metrics: text(folder, 'metrics.csv'),
  steps: text(folder, 'steps.jsonl'),
  events: eventsOf(folder),
})

/** What training gave, without what one process spent on it. */
export const resultOf = ({ state, history, bestEpoch, ending }: FitResult<Seen>) => ({
  seen: seenOf(state),
  history,
  bestEpoch,
  ending,
})

/** The steps in the checkpoint of a run; −1 where there is none. */
export const savedSteps = (folder: string): number => {
  const manifest = text(folder, 'checkpoint', 'manifest.json')
  return manifest === null ? -1 : JSON.parse(manifest).counters.step
}
