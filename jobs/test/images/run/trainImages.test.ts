import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as augment from '../../../../src/augment.js'
import { nn, np } from '../../../../src/index.js'
import { loadWeights } from '../../../../src/io.js'
import { temporaryFolders } from '../../../../test/io/temporaryFolder.js'
import { eventsOf } from '../../../../test/runs/wholeRun.js'
import { evaluate, figuresOf } from '../../../src/images/models/evaluate.js'
import { imageClassifier } from '../../../src/images/models/imageClassifier.js'
import type { TrainConfig } from '../../../src/images/run/trainConfig.js'
import type { Outcome } from '../../../src/images/run/trainImages.js'
import { tinyClassifier, tinyImages } from './tinyClassifier.js'
import { tinyConfig, tinyData, tracesOf, trainTiny } from './wholeRun.js'

const newFolder = temporaryFolders()

const finished = (outcome: E.Either<{ readonly message: string }, Outcome>) => {
  if (E.isLeft(outcome)) throw new Error(outcome.left.message)
  if (outcome.right._tag !== 'Finished') throw new Error(outcome.right._tag)
  return outcome.right.report
}

const plan = { config: tinyConfig, steps: 12 }

/** Raised by a classifier: as far as files are concerned, the process ends there. */
class Killed extends Error {}

type End = { readonly by: 'signal' | 'kill'; readonly at: number }

describe('a run', () => {
  const ends = fc.array(fc.record({ by: fc.constantFrom<End['by']>('signal', 'kill'), at: fc.nat(14) }), {
    maxLength: 4,
  })
  const configs = fc.record({
    validation: fc.constantFrom(0, 9),
    epochs: fc.integer({ min: 1, max: 3 }),
    patience: fc.constantFrom(null, 1),
  })

  const known = new Map<string, ReturnType<typeof tracesOf>>()
  const undisturbed = async (config: TrainConfig) => {
    const name = JSON.stringify(config)
    const before = known.get(name)
    if (before !== undefined) return before
    const whole = newFolder()
    finished(await trainTiny(tinyClassifier(plan), { folder: whole, config, checkpointEvery: 3 }))
    const traces = tracesOf(whole)
    known.set(name, traces)
    return traces
  }

  it('killed or stopped anywhere, and resumed, leaves the files of one that was not, logs included', async () => {
    await fc.assert(
      fc.asyncProperty(configs, ends, fc.integer({ min: 1, max: 5 }), async (chosen, ends, every) => {
        const patience = chosen.validation === 0 ? null : chosen.patience
        const config: TrainConfig = { ...tinyConfig, ...chosen, patience }
        const expected = await undisturbed(config)
        const run = newFolder()
        let wallTime = 0
        let resume = false
        for (const end of [...ends, null]) {
          const stop = new AbortController()
          let actions = 0
          const classifier = tinyClassifier(plan, () => {
            if (end === null || actions++ !== end.at) return
            if (end.by === 'kill') throw new Killed()
            stop.abort()
          })
          const process = { folder: run, config, resume, checkpointEvery: every, signal: stop.signal }
          try {
            const outcome = await trainTiny(classifier, { ...process, wallTime: () => wallTime++ })
            if (E.isLeft(outcome)) throw new Error(outcome.left.message)
            if (end === null) finished(outcome)
          } catch (error) {
            if (!(error instanceof Killed)) throw error
          }
          resume = true
        }
        expect(tracesOf(run)).toEqual(expected)
      }),
      { numRuns: 10 },
    )
  }, 120_000)

  it('leaves a line a step, a row an epoch, and both for TensorBoard', async () => {
    const run = newFolder()
    const config = { ...tinyConfig, epochs: 2, validation: 5 }
    const report = finished(await trainTiny(tinyClassifier(plan), { folder: run, config }))
    const { metrics, steps } = tracesOf(run)
    const lines = steps.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    const [head, ...rows] = metrics.trimEnd().split('\n')
    expect(head).toBe('epoch,trainLoss,trainAccuracy,validationLoss,validationAccuracy')
    expect(rows).toEqual(
      report.history.map((e) =>
        [e.epoch, e.trainLoss, e.trainAccuracy, e.validationLoss, e.validationAccuracy].join(),
      ),
    )
    const tags = eventsOf(run).flatMap((event) =>
      'values' in event && Array.isArray(event.values) && 'step' in event
        ? [`${event.step}: ${event.values.map(({ tag }) => tag).join(' ')}`]
        : [],
    )
    expect(tags).toHaveLength(11)
    expect(tags.at(-1)).toBe('8: test/loss test/accuracy')
    expect(tags.slice(3, 5)).toEqual([
      '4: step/loss step/accuracy step/learningRate',
      '4: epoch/trainLoss epoch/trainAccuracy epoch/validationLoss epoch/validationAccuracy',
    ])
  })

  it('goes on for more epochs where its rate is constant, and says how a run of so many would have ended', async () => {
    const [long, run] = [newFolder(), newFolder()]
    const config = { ...tinyConfig, epochs: 3, validation: 5 }
    finished(await trainTiny(tinyClassifier(plan), { folder: long, config }))
    finished(await trainTiny(tinyClassifier(plan), { folder: run, config: { ...config, epochs: 1 } }))
    finished(await trainTiny(tinyClassifier(plan), { folder: run, config, resume: true }))
    expect(tracesOf(run)).toEqual(tracesOf(long))
  })

  it('that is finished gives the same report again', async () => {
    const run = newFolder()
    const config = { ...tinyConfig, validation: 5, patience: 1 }
    finished(await trainTiny(tinyClassifier(plan), { folder: run, config }))
    const before = tracesOf(run)
    finished(await trainTiny(tinyClassifier(plan), { folder: run, config, resume: true }))
    expect(tracesOf(run)).toEqual(before)
  })

  it.each([
    ['one-cycle', 1, 14, /^--schedule: at least 4 updates .* got 1\. Train for more epochs\.$/],
    ['constant', 5, 4, /^--accumulate: at most the 4 steps of the run were required, got 5\./],
    ['cosine', 5, 4, /^--accumulate: at most the 4 steps/],
  ] as const)('that is too short for %s with rounds of %d batches of %d is refused', async (...row) => {
    const [schedule, accumulate, batchSize, message] = row
    const config: TrainConfig = { ...tinyConfig, epochs: 1, schedule, accumulate, batchSize }
    const refused = await trainTiny(tinyClassifier(plan), { folder: newFolder(), config })
    expect(refused).toMatchObject({ _tag: 'Left', left: { _tag: 'Usage' } })
    expect(E.isLeft(refused) && refused.left.message).toMatch(message)
  })

  it('says that it stopped early only if epochs are left', async () => {
    const said: string[] = []
    // no epoch is better than the first
    const config = { ...tinyConfig, epochs: 8, validation: 5, patience: 1, lr: 1e-30 }
    const still = tinyClassifier({ config, steps: 32 })
    const early = finished(
      await trainTiny(still, {
        folder: newFolder(),
        config,
        print: (line) => said.push(line),
      }),
    )
    const epochs = early.history.length
    expect(epochs).toBeLessThan(8)
    expect(early.bestEpoch).toBe(epochs - 1)
    expect(said).toContain(`stopped early: epoch ${epochs - 1} was the best`)
    const quiet: string[] = []
    await trainTiny(still, {
      folder: newFolder(),
      config: { ...config, epochs },
      print: (line) => quiet.push(line),
    })
    expect(quiet.filter((line) => line.startsWith('stopped early'))).toEqual([])
  })
})

describe('a run that diverges', () => {
  const classifier = tinyClassifier(plan)

  it('in its test has no report', async () => {
    const run = newFolder()
    const blind = {
      ...classifier,
      predict: (...args: Parameters<typeof classifier.predict>) => ({
        ...classifier.predict(...args),
        loss: np.array(Number.POSITIVE_INFINITY),
      }),
    }
    const ended = await trainTiny(blind, { folder: run, config: tinyConfig })
    expect(E.isLeft(ended) && ended.left).toEqual({
      _tag: 'Diverged',
      message: `test: a finite loss is required, got Infinity. Start again with a smaller learning rate; ${join(run, 'checkpoint')} is from before.`,
    })
    expect(existsSync(join(run, 'report.json'))).toBe(false)
  })
})

describe('a run of a network', () => {
  const model = nn.sequential({
    conv1: nn.conv2d(1, 3, 3, { padding: 1 }),
    norm: nn.batchNorm(3),
    relu: nn.relu,
    flatten: nn.flatten,
    drop: nn.dropout(0.2),
    fc: nn.linear(48, 3),
  })
  const scaled = augment.normalize(0.3, 0.3)
  const config: TrainConfig = { ...tinyConfig, epochs: 4, validation: 20, average: 0.5, lr: 0.05 }
  const task = { name: 'tiny-cnn', model, classes: 3, transforms: { train: scaled, test: scaled } }
  const classifier = () => imageClassifier(task, { config, steps: 16 })
  let run = ''

  beforeAll(async () => {
    run = await mkdtemp(join(tmpdir(), 'grad-ts-test-'))
    finished(await trainTiny(classifier(), { folder: run, config }))
  })

  afterAll(() => rm(run, { recursive: true, force: true }))

  it('leaves weights, which give its test figures', async () => {
    const { report } = tracesOf(run)
    const own = classifier()
    const first = own.task.init(0)
    const variables = await loadWeights(join(run, 'weights.safetensors'), own.task.variables(first))
    const state = own.task.withVariables(first, variables)
    const { test } = tinyData(0)
    const { signal } = new AbortController()
    const judged = await evaluate(own, state, test, signal)
    if (judged._tag === 'None') throw new Error('interrupted')
    const { loss, accuracy } = figuresOf(test, judged.value)
    expect([accuracy, loss]).toEqual([report.testAccuracy, report.testLoss])
    // and they are of the epoch that validation found best
    const onValidation = await evaluate(own, state, tinyImages(20, 1), signal)
    if (onValidation._tag === 'None') throw new Error('interrupted')
    expect(onValidation.value.loss).toBeCloseTo(report.history[report.bestEpoch - 1].validationLoss, 6)
    const losses = report.history.map((e: { readonly validationLoss: number }) => e.validationLoss)
    expect(Math.min(...losses)).toBe(losses[report.bestEpoch - 1])
  })

  it('shows the model’s filters and maps, and is one page without links', async () => {
    const page = await readFile(join(run, 'index.html'), 'utf8')
    for (const name of [
      'loss.svg',
      'accuracy.svg',
      'confusion.svg',
      'mistakes.png',
      'filters.png',
      'maps-conv1.png',
    ]) {
      const type = name.endsWith('svg') ? 'svg+xml' : 'png'
      const uri = `data:image/${type};base64,${await readFile(join(run, name), 'base64')}`
      expect(page.includes(uri), name).toBe(true)
    }
    expect(page.replaceAll(/data:[^"]*/g, '')).not.toMatch(/https?:|src="(?!")|<script|url\(/)
    const { report } = tracesOf(run)
    const fact = `<dt>test accuracy</dt><dd>${report.testAccuracy === 1 ? 1 : report.testAccuracy.toFixed(4)}</dd>`
    expect(page.includes(fact), fact).toBe(true)
  })

  it('does not take the state of another network', async () => {
    const other = imageClassifier(
      { ...task, model: nn.sequential({ flatten: nn.flatten, fc: nn.linear(16, 3) }) },
      { config, steps: 16 },
    )
    const refused = await trainTiny(other, { folder: run, config, resume: true })
    expect(E.isLeft(refused) && refused.left.message).toMatch(/manifest\.json: .*another model/)
  })
})
