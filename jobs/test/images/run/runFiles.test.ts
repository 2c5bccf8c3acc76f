import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/io/temporaryFolder.js'
import { writeRunFiles } from '../../../src/images/run/runFiles.js'
import type { TrainingReport } from '../../../src/images/run/trainingReport.js'
import { accuracyCurves, lossCurves, rateCurve } from '../../../src/pictures/runCurves.js'
import { tinyClassifier, tinyImages } from './tinyClassifier.js'
import { tinyConfig } from './wholeRun.js'

const folder = temporaryFolder()
const classifier = tinyClassifier({ config: tinyConfig, steps: 4 })
const history = {
  weights: Float64Array.of(3, 1, 3, 1),
  steps: { loss: Float64Array.of(3, 2, 1, 0.5), accuracy: Float64Array.of(1 / 3, 0, 1, 1) },
  validation: { loss: Float64Array.of(1, 2), accuracy: Float64Array.of(0.5, 0.25) },
}
const epoch = (epoch: number) => ({
  epoch,
  trainLoss: 3 / epoch,
  trainAccuracy: 0.25 * epoch,
  validationLoss: history.validation.loss[epoch - 1],
  validationAccuracy: history.validation.accuracy[epoch - 1],
})
const report = (bestEpoch: number | null): TrainingReport => ({
  version: 1,
  model: 'counting',
  testAccuracy: 1 / 3,
  testLoss: 0.75,
  epochs: 2,
  batchSize: 3,
  lr: 0.01,
  seed: 0,
  backend: 'reference',
  data: 'drawn',
  parameters: 2,
  trainExamples: 4,
  testExamples: 3,
  bestEpoch,
  history: [epoch(1), epoch(2)],
  timings: { secondsPerEpoch: 1, examplesPerSecond: 4, totalSeconds: 2 },
})

const result = (bestEpoch: number | null, predicted: readonly number[], config = tinyConfig) => ({
  classifier,
  state: classifier.task.init(0),
  config,
  report: report(bestEpoch),
  history,
  plan: { examples: 4, batchSize: 3 },
  test: tinyImages(3),
  judged: { loss: 0.75, predicted: Uint32Array.from(predicted), scores: new Float32Array(9) },
  rate: (step: number) => 0.01 / (step + 1),
  command: 'grad-ts train counting --lr 0.01',
  finished: Date.UTC(2026, 0, 31, 12, 5),
})

const write = (
  bestEpoch: number | null,
  predicted: readonly number[],
  path = folder(),
  config = tinyConfig,
) => writeRunFiles(path, join(folder(), 'copy.json'), result(bestEpoch, predicted, config))()

const text = (name: string): string => readFileSync(join(folder(), name), 'utf8')

describe('writeRunFiles', () => {
  it.each([
    [null, 2],
    [1, 1],
    [2, 2],
  ])('shows the test figures at the epoch that was tested: best %s, shown at %d', async (best, at) => {
    expect(await write(best, [0, 0, 0])).toEqual(E.right(undefined))
    const run = {
      model: 'counting',
      stepsPerEpoch: 2,
      stepLoss: history.steps.loss,
      stepAccuracy: history.steps.accuracy,
      epochs: [1, 2].map((n) => ({
        ...epoch(n),
        testLoss: n === at ? 0.75 : null,
        testAccuracy: n === at ? 1 / 3 : null,
      })),
    }
    expect(text('loss.svg')).toBe(lossCurves(run))
    expect(text('accuracy.svg')).toBe(accuracyCurves(run))
  })

  it('writes the report twice where a place is named', async () => {
    await write(1, [0, 0, 0])
    expect(text('copy.json')).toBe(text('report.json'))
    expect(JSON.parse(text('report.json'))).toEqual(report(1))
  })

  it('says when, how long and how, and links what lies beside the page', async () => {
    await write(1, [0, 0, 0])
    const page = text('index.html')
    for (const [label, value] of [
      ['command', 'grad-ts train counting --lr 0.01'],
      ['finished', '2026-01-31 12:05 UTC'],
      ['trained for', '2.0 s'],
    ])
      expect(page).toContain(`<th scope="row">${label}</th><td>${value}</td>`)
    const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, name]) => name)
    expect(links).toEqual([
      'weights.safetensors',
      'metrics.csv',
      'steps.jsonl',
      'tensorboard/',
      'report.json',
      'checkpoint/',
    ])
  })

  it('has no column and no row of dashes', async () => {
    await write(1, [0, 0, 0])
    expect(text('index.html')).toContain('validation loss')
    expect(text('index.html')).not.toContain('–')
    const unjudged = report(null)
    const history = unjudged.history.map((e) => ({ ...e, validationLoss: null, validationAccuracy: null }))
    await writeRunFiles(folder(), undefined, {
      ...result(null, [0, 0, 0]),
      report: { ...unjudged, history },
    })()
    expect(text('index.html')).not.toMatch(/–|validation loss/)
    expect(text('index.html')).toContain('train accuracy')
  })

  it('draws the learning rate where it changes', async () => {
    await write(1, [0, 0, 0])
    expect(existsSync(join(folder(), 'learning-rate.svg'))).toBe(false)
    await write(1, [0, 0, 0], folder(), { ...tinyConfig, schedule: 'cosine' })
    const rates = Float64Array.of(0.01, 0.01 / 2, 0.01 / 3, 0.01 / 4)
    expect(text('learning-rate.svg')).toBe(rateCurve({ model: 'counting', stepsPerEpoch: 2 }, rates))
    expect(text('index.html')).toContain('Learning rate: cosine')
  })

  it('counts the mistakes, also where there are none', async () => {
    const { labels } = tinyImages(3)
    await write(null, [...labels])
    expect(text('index.html')).toContain('0 of 3 test images were misread')
    await write(
      null,
      [...labels].map((label) => (label + 1) % 3),
    )
    expect(text('index.html')).toContain('3 of 3 test images were misread')
  })

  it('says where it could not write', async () => {
    const missing = join(folder(), 'missing')
    const refused = await write(null, [0, 0, 0], missing)
    expect(refused).toMatchObject(E.left({ _tag: 'IoSystemError', operation: 'write' }))
    expect(E.isLeft(refused) && refused.left.message).toContain(missing)
  })
})
