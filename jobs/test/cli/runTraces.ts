import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRight } from 'fp-ts/lib/Either.js'
import { decodeSafetensors } from '../../../src/formats/safetensors.js'
import { eventsOf } from '../../../test/runs/wholeRun.js'
import { filesBelow } from './commandLine.js'

/** What a run ended with: its report, timings apart, and its arrays byte for byte. */
export const resultOf = (runFolder: string) => {
  const { timings, ...report } = JSON.parse(readFileSync(join(runFolder, 'report.json'), 'utf8'))
  const arrays = Object.entries(filesBelow(join(runFolder, 'checkpoint'))).filter(([name]) =>
    name.endsWith('.safetensors'),
  )
  return { report, timings, arrays }
}

/** What two runs of one configuration have in common, byte for byte: figures, arrays, weights and logs, without the times of events. */
export const tracesOf = (runFolder: string) => {
  const { report, arrays } = resultOf(runFolder)
  const text = (name: string) => readFileSync(join(runFolder, name), 'utf8')
  const weights = readFileSync(join(runFolder, 'weights.safetensors'), 'base64')
  return {
    report,
    arrays,
    weights,
    metrics: text('metrics.csv'),
    steps: text('steps.jsonl'),
    events: eventsOf(runFolder),
  }
}

/** The files of its checkpoint with their content. */
export const checkpointFiles = (runFolder: string) => filesBelow(join(runFolder, 'checkpoint'))

/** The loss of every step. */
export const lossesOf = (runFolder: string): readonly number[] => {
  const folder = join(runFolder, 'checkpoint')
  const { arrays } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  const path = join(folder, arrays.file)
  const decoded = decodeSafetensors(path, readFileSync(path))
  if (!isRight(decoded)) throw new Error(decoded.left.message)
  return [...(decoded.right.arrays['series.steps.loss']?.data ?? [])].map(Number)
}
