import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRight } from 'fp-ts/lib/Either.js'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeSafetensors } from '../../../src/formats/safetensors.js'
import { loadWeights } from '../../../src/io/weightsFile.js'
import { describeOnGl } from '../../../test/backends/gpujs/gl.js'
import { build } from '../../../test/builtPackages.js'
import { eventsOf } from '../../../test/runs/wholeRun.js'
import { mnistData } from '../../src/images/data/trainingData.js'
import { evaluate, figuresOf } from '../../src/images/models/evaluate.js'
import { imageClassifier } from '../../src/images/models/imageClassifier.js'
import { mnistMlp } from '../../src/images/models/mnistMlp.js'
import { type Ended, filesBelow, gradTs, stopAt } from './commandLine.js'
import { commandsInTurn } from './commandsInTurn.js'
import { expectPage } from './runPageFile.js'
import { checkpointFiles, lossesOf, resultOf, tracesOf } from './runTraces.js'
import { gradTsWithin } from './smallDisk.js'
import '../../../src/index.js'

const small = ['--epochs', '3', '--limit', '2000', '--test-limit', '500', '--checkpoint-every', '4']
const training = ['train', 'mnist-mlp', ...small]
const stepsPerEpoch = Math.ceil(2000 / 64)

const plainPlan = {
  lr: 1e-3,
  weightDecay: 0,
  schedule: 'constant',
  accumulate: 1,
  average: null,
  seed: 7,
} as const

const inTurn = commandsInTurn()
let home = ''
let whole = ''
let said: Ended

beforeAll(async () => {
  await build()
  home = mkdtempSync(join(tmpdir(), 'grad-ts-cli-'))
  whole = join(home, 'whole')
  said = await gradTs(...training, '--out', whole, '--report', join(home, 'report.json'))
}, 240_000)

afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('grad-ts train mnist-mlp', () => {
  it('learns, and writes what it promises', () => {
    expect(said.stderr + said.stdout).toMatch(/macro avg/)
    expect(said.code).toBe(0)
    expect(Object.keys(filesBelow(whole))).toEqual([
      'accuracy.svg',
      expect.stringMatching(/^checkpoint\/arrays-[0-9a-f]{16}\.safetensors$/),
      'checkpoint/manifest.json',
      'confusion.svg',
      'index.html',
      'loss.svg',
      'metrics.csv',
      'mistakes.png',
      'report.json',
      'steps.jsonl',
      'tensorboard/events.out.tfevents.grad-ts',
      'weights.safetensors',
    ])
    const { report, timings } = resultOf(whole)
    expect(report).toMatchObject({
      model: 'mnist-mlp',
      epochs: 3,
      parameters: 784 * 128 + 128 + 128 * 10 + 10,
      backend: 'wasm',
      seed: 0,
      trainExamples: 2000,
      testExamples: 500,
    })
    expect(report.testAccuracy).toBeGreaterThan(0.8)
    expect(report.testLoss).toBeLessThan(0.6)
    expect(timings.secondsPerEpoch).toBeGreaterThan(0)
    expect(readFileSync(join(home, 'report.json'), 'utf8')).toBe(
      readFileSync(join(whole, 'report.json'), 'utf8'),
    )
    expect(readFileSync(join(whole, 'loss.svg'), 'utf8')).toMatch(/<svg[\s\S]*each step[\s\S]*<\/svg>\s*$/)
    expect(PNG.sync.read(readFileSync(join(whole, 'mistakes.png'))).width).toBeGreaterThan(28)
  })

  it('shows it all on one page, which needs nothing else', () => {
    expectPage(whole, ['loss.svg', 'accuracy.svg', 'confusion.svg', 'mistakes.png'])
  })

  it('keeps a line a step and a row an epoch', () => {
    const lines = readFileSync(join(whole, 'steps.jsonl'), 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(3 * stepsPerEpoch)
    expect(lines.map((line) => JSON.parse(line).loss)).toEqual(lossesOf(whole))
    const rows = readFileSync(join(whole, 'metrics.csv'), 'utf8').trimEnd().split('\n').slice(1)
    const { report } = resultOf(whole)
    expect(rows.map((row) => row.split(',').map(Number).slice(0, 3))).toEqual(
      report.history.map((e: { readonly trainLoss: number; readonly trainAccuracy: number }, i: number) => [
        i + 1,
        e.trainLoss,
        e.trainAccuracy,
      ]),
    )
    // the head, the steps, the epochs and the test
    expect(eventsOf(whole)).toHaveLength(1 + 3 * stepsPerEpoch + 3 + 1)
  })

  it('leaves weights that have its test accuracy, with the names of a PyTorch module', async () => {
    const classifier = imageClassifier(mnistMlp, {
      config: { ...plainPlan, backend: 'reference' },
      steps: 1,
    })
    const path = join(whole, 'weights.safetensors')
    const decoded = decodeSafetensors(path, readFileSync(path))
    if (!isRight(decoded)) throw new Error(decoded.left.message)
    expect(Object.keys(decoded.right.arrays).sort()).toEqual([
      'fc1.bias',
      'fc1.weight',
      'fc2.bias',
      'fc2.weight',
    ])
    const variables = await loadWeights(path, classifier.task.variables(classifier.task.init(0)))()
    const data = await mnistData(undefined, { limit: 1, testLimit: 500, validation: 0 })()
    if (!isRight(variables) || !isRight(data)) throw new Error('weights and data were expected')
    const state = classifier.task.withVariables(classifier.task.init(0), variables.right)
    const { test } = data.right
    const judged = await evaluate(classifier, state, test, new AbortController().signal)
    if (judged._tag === 'None') throw new Error('interrupted')
    const { accuracy, loss } = figuresOf(test, judged.value)
    expect(accuracy).toBe(resultOf(whole).report.testAccuracy)
    expect(loss).toBeCloseTo(resultOf(whole).report.testLoss, 5)
  })

  it('gives the same figures for the same seed, and others for another', async () => {
    const again = join(home, 'again')
    const other = join(home, 'other')
    await gradTs(...training, '--out', again)
    await inTurn(...training, '--out', other, '--seed', '1')
    expect(tracesOf(again)).toEqual(tracesOf(whole))
    expect(resultOf(other).report.testLoss).not.toBe(resultOf(whole).report.testLoss)
  }, 120_000)

  it('goes on after SIGINT to the result of a run that was not stopped', async () => {
    const folder = join(home, 'interrupted')
    const stopped = await stopAt(folder, stepsPerEpoch + 4, 'SIGINT', training)
    expect(stopped.stdout).toMatch(/stopped after \d+ of 96 steps/)
    expect(stopped.code).toBe(130)
    expect((await gradTs('train', 'mnist-mlp', '--resume', '--out', folder)).code).toBe(0)
    expect(tracesOf(folder)).toEqual(tracesOf(whole))
  }, 120_000)

  it.each([
    ['as soon as it could be', 0],
    ['within the first epoch', 8],
    ['within the second', stepsPerEpoch + 8],
  ])(
    'killed %s, it is resumed to the same result',
    async (_when, step) => {
      const folder = join(home, `killed-${step}`)
      expect((await stopAt(folder, step, 'SIGKILL', training)).signal).toBe('SIGKILL')
      const resumed = await gradTs('train', 'mnist-mlp', '--resume', '--out', folder)
      expect(resumed.stderr + resumed.stdout).toMatch(/resuming .* after \d+ steps/)
      expect(resumed.code).toBe(0)
      expect(tracesOf(folder)).toEqual(tracesOf(whole))
    },
    120_000,
  )
})

/** The run on one backend has learnt what that on another has. */
const expectAlike = (folder: string, other: string): void => {
  const [want, got] = [lossesOf(other), lossesOf(folder)]
  expect(got.length).toBe(3 * stepsPerEpoch)
  for (let i = 0; i < 20; i++) expect(Math.abs(got[i] - want[i])).toBeLessThanOrEqual(1e-4 * want[i])
  const [a, b] = [folder, other].map((f) => resultOf(f).report.testAccuracy)
  expect(Math.abs(a - b)).toBeLessThanOrEqual(0.005)
}

describe('grad-ts train mnist-mlp --backend reference', () => {
  it('learns what the default backend learns', async () => {
    const folder = join(home, 'reference')
    await inTurn(...training, '--backend', 'reference', '--out', folder)
    expect(resultOf(folder).report.backend).toBe('reference')
    expectAlike(whole, folder)
  }, 120_000)
})

describeOnGl('grad-ts train mnist-mlp --backend gpujs', () => {
  it('learns what the default backend learns', async () => {
    const folder = join(home, 'gpujs')
    const { code, stderr } = await gradTs(...training, '--backend', 'gpujs', '--out', folder)
    expect(code, stderr).toBe(0)
    expect(resultOf(folder).report.backend).toBe('gpujs')
    expectAlike(folder, whole)
  }, 120_000)
})

describe('grad-ts train mnist-mlp --validation', () => {
  const set = ['--limit', '2000', '--validation', '400', '--test-limit', '500', '--epochs', '12']
  const judged = ['train', 'mnist-mlp', ...set, '--patience', '1', '--lr', '0.01', '--checkpoint-every', '4']

  it('stops early with the best epoch’s weights, killed and resumed or not', async () => {
    const [folder, killed] = [join(home, 'validated'), join(home, 'validated-killed')]
    const ended = await gradTs(...judged, '--out', folder)
    expect(ended.code, ended.stderr).toBe(0)
    const { report } = resultOf(folder)
    const losses = report.history.map((e: { readonly validationLoss: number }) => e.validationLoss)
    expect(report).toMatchObject({ trainExamples: 1600, epochs: 12, bestEpoch: losses.length - 1 })
    expect(losses.length).toBeLessThan(12)
    expect(Math.min(...losses)).toBe(losses[report.bestEpoch - 1])
    expect(ended.stdout).toContain(`stopped early: epoch ${report.bestEpoch} was the best`)
    const best = JSON.parse(readFileSync(join(folder, 'best/manifest.json'), 'utf8'))
    expect(best.counters.epoch).toBe(report.bestEpoch)
    await stopAt(killed, 25 * (losses.length - 1) + 4, 'SIGKILL', judged)
    expect((await gradTs('train', 'mnist-mlp', '--resume', '--out', killed)).code).toBe(0)
    expect(tracesOf(killed)).toEqual(tracesOf(folder))
  }, 120_000)
})

describe('a run that cannot go on ends with one line, and its checkpoint stands', () => {
  const expectEnd = ({ code, stderr }: Ended, message: RegExp): void => {
    const lines = stderr.trimEnd().split('\n')
    expect(lines.at(-1)).toMatch(message)
    expect(
      lines.slice(0, -1).every((line) => line.startsWith('epoch ')),
      stderr,
    ).toBe(true)
    expect(code).toBe(1)
  }

  it('where the loss is no number', async () => {
    const folder = join(home, 'diverged')
    const message =
      /^epoch 1, step 2: a finite loss is required, got NaN\. Start again with a smaller learning rate; /
    expectEnd(await inTurn('train', 'mnist-mlp', ...small, '--lr', '1e30', '--out', folder), message)
    const before = checkpointFiles(folder)
    expect(JSON.parse(readFileSync(join(folder, 'checkpoint/manifest.json'), 'utf8')).counters.step).toBe(0)
    expectEnd(await gradTs('train', 'mnist-mlp', '--resume', '--out', folder), message)
    expect(checkpointFiles(folder)).toEqual(before)
  }, 60_000)

  it('where the disk has no more room', async (context) => {
    if (process.platform === 'win32') context.skip('files can be limited in size by ulimit alone')
    const folder = join(home, 'full')
    const [arrays] = Object.keys(checkpointFiles(whole)).filter((name) => name.endsWith('.safetensors'))
    const { size } = statSync(join(whole, 'checkpoint', arrays))
    // each step adds a loss and a number of right ones: the last third of the steps has no room
    const full = await gradTsWithin(size - 512, ...training, '--out', folder)
    expectEnd(
      full,
      /checkpoint\/arrays-[0-9a-f]{16}\.safetensors: cannot write \(EFBIG.*\)\. Check that .* has room\.$/,
    )
    const { counters } = JSON.parse(readFileSync(join(folder, 'checkpoint/manifest.json'), 'utf8'))
    expect(counters.step).toBeGreaterThan(0)
    expect(Object.keys(checkpointFiles(folder))).toHaveLength(2)
    expect((await gradTs('train', 'mnist-mlp', '--resume', '--out', folder)).code).toBe(0)
    expect(tracesOf(folder)).toEqual(tracesOf(whole))
  }, 120_000)
})
