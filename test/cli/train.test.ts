import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRight } from 'fp-ts/lib/Either.js'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { locateMnist } from '../../src/data/mnist.js'
import { decodeSafetensors } from '../../src/formats/safetensors.js'
import { saveCheckpoint } from '../../src/io/saveCheckpoint.js'
import { describeOnGl } from '../backends/gpujs/gl.js'
import { build, type Ended, filesBelow, gradTs, stopAt } from './commandLine.js'

const small = ['--epochs', '3', '--limit', '2000', '--test-limit', '500', '--checkpoint-every', '4']
const training = ['train', 'mnist-mlp', ...small]
const stepsPerEpoch = Math.ceil(2000 / 64)

/** What a run ended with: its report, timings apart, and its arrays byte for byte. */
const resultOf = (runFolder: string) => {
  const { timings, ...report } = JSON.parse(readFileSync(join(runFolder, 'report.json'), 'utf8'))
  const arrays = Object.entries(filesBelow(join(runFolder, 'checkpoint'))).filter(([name]) =>
    name.endsWith('.safetensors'),
  )
  return { report, timings, arrays }
}

/** The error is one line that says `message`. */
const expectRefusal = ({ code, stderr, stdout }: Ended, exit: number, message: RegExp): void => {
  expect(stderr).toMatch(message)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(stdout).not.toMatch(/^epoch/m)
  expect(code).toBe(exit)
}

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
      expect.stringMatching(/^checkpoint\/arrays-[0-9a-f]{16}\.safetensors$/),
      'checkpoint/manifest.json',
      'loss.svg',
      'misread.png',
      'report.json',
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
    expect(PNG.sync.read(readFileSync(join(whole, 'misread.png'))).width).toBeGreaterThan(28)
  })

  it('gives the same figures for the same seed, and others for another', async () => {
    const again = join(home, 'again')
    const other = join(home, 'other')
    await gradTs(...training, '--out', again)
    await gradTs(...training, '--out', other, '--seed', '1')
    expect(resultOf(again).report).toEqual(resultOf(whole).report)
    expect(resultOf(again).arrays).toEqual(resultOf(whole).arrays)
    expect(resultOf(other).report.testLoss).not.toBe(resultOf(whole).report.testLoss)
  }, 120_000)

  it('goes on after SIGINT to the result of a run that was not stopped', async () => {
    const folder = join(home, 'interrupted')
    const stopped = await stopAt(folder, stepsPerEpoch + 4, 'SIGINT', training)
    expect(stopped.stdout).toMatch(/stopped after \d+ of 96 steps/)
    expect(stopped.code).toBe(130)
    expect((await gradTs('train', 'mnist-mlp', '--resume', '--out', folder)).code).toBe(0)
    expect(resultOf(folder).report).toEqual(resultOf(whole).report)
    expect(resultOf(folder).arrays).toEqual(resultOf(whole).arrays)
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
      expect(resultOf(folder).report).toEqual(resultOf(whole).report)
      expect(resultOf(folder).arrays).toEqual(resultOf(whole).arrays)
    },
    120_000,
  )
})

/** The loss of every step. */
const lossesOf = (runFolder: string): readonly number[] => {
  const folder = join(runFolder, 'checkpoint')
  const { arrays } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  const path = join(folder, arrays.file)
  const decoded = decodeSafetensors(path, readFileSync(path))
  if (!isRight(decoded)) throw new Error(decoded.left.message)
  return [...(decoded.right.arrays['series.loss']?.data ?? [])].map(Number)
}

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
    await gradTs(...training, '--backend', 'reference', '--out', folder)
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

describe('what cannot be taken is refused in one line, and nothing is written', () => {
  it.each([
    ['an epoch count below one', ['--epochs', '-1'], /--epochs: a positive integer was required, got "-1"/],
    ['a rate in words', ['--lr', 'fast'], /--lr: a positive number was required, got "fast"/],
    ['half a seed', ['--seed', '0.5'], /--seed: an integer .* was required, got "0.5"/],
    ['an unknown backend', ['--backend', 'abacus'], /--backend: one of .*reference.* got "abacus"/],
    ['--resume without a folder', ['--resume'], /--resume: the folder of the run is required/],
    ['checkpoints never', ['--checkpoint-every', '0'], /--checkpoint-every: a positive integer/],
  ])('%s', async (what, flags, message) => {
    const folder = join(home, what)
    mkdirSync(folder)
    const out = flags.includes('--resume') ? [] : ['--out', folder]
    expectRefusal(await gradTs('train', 'mnist-mlp', ...flags, ...out), 2, message)
    expect(filesBelow(folder)).toEqual({})
  })

  it.each([
    ['an unknown flag', ['train', 'mnist-mlp', '--epoch', '1'], /--epoch\b/],
    ['an unknown model', ['train', 'mnist-mpl'], /mnist-mpl/],
    ['an unknown command', ['trian'], /trian/],
  ])('%s', async (_what, args, message) => {
    const ended = await gradTs(...args)
    expect(ended.stderr).toMatch(message)
    expect(ended.code).toBe(2)
  })

  it('a folder in use', async () => {
    const before = filesBelow(whole)
    expectRefusal(await gradTs(...training, '--out', whole), 2, /--out: an empty folder was required/)
    expect(filesBelow(whole)).toEqual(before)
  })

  it('truncated data', async () => {
    const data = join(home, 'data')
    const run = join(home, 'of-truncated-data')
    mkdirSync(data)
    if (!isRight(locateMnist)) throw new Error(locateMnist.left.message)
    for (const set of ['train', 't10k'])
      for (const part of ['images-idx3', 'labels-idx1']) {
        const file = `${set}-${part}-ubyte`
        copyFileSync(join(locateMnist.right, file), join(data, file))
      }
    truncateSync(join(data, 'train-images-idx3-ubyte'), 1_000_000)
    const ended = await gradTs(...training, '--data', data, '--out', run)
    expectRefusal(ended, 1, /train-images-idx3-ubyte.*47040016/)
    expect(filesBelow(run)).toEqual({})
  })

  it.each<readonly [string, (checkpoint: string) => Promise<void> | void, RegExp]>([
    ['no checkpoint', () => undefined, /manifest\.json/],
    [
      'truncated arrays',
      (folder) => {
        for (const [name, content] of Object.entries(filesBelow(join(whole, 'checkpoint'))))
          writeFileSync(join(folder, name), Buffer.from(content, 'base64').subarray(0, 5000))
      },
      /arrays-[0-9a-f]{16}\.safetensors/,
    ],
    [
      'a manifest that was changed',
      (folder) => {
        for (const [name, content] of Object.entries(filesBelow(join(whole, 'checkpoint'))))
          writeFileSync(join(folder, name), Buffer.from(content, 'base64'))
        const path = join(folder, 'manifest.json')
        writeFileSync(path, readFileSync(path, 'utf8').replace('"seed": 0', '"seed": 7'))
      },
      /manifest\.json/,
    ],
    [
      'a checkpoint of another model',
      async (folder) => {
        const { config, counters } = JSON.parse(
          readFileSync(join(whole, 'checkpoint', 'manifest.json'), 'utf8'),
        )
        const saved = await saveCheckpoint(folder, {
          model: 'mnist-cnn',
          counters,
          config,
          state: { w: { dtype: 'float32', shape: [1], data: Float32Array.of(1) } },
          series: { loss: new Float64Array(counters.step), correct: new Float64Array(counters.step) },
        })()
        if (!isRight(saved)) throw new Error(saved.left.message)
      },
      /a checkpoint of mnist-mlp .*mnist-cnn/,
    ],
  ])('%s to resume from', async (what, prepare, message) => {
    const run = join(home, what)
    const checkpoint = join(run, 'checkpoint')
    mkdirSync(checkpoint, { recursive: true })
    await prepare(checkpoint)
    const before = filesBelow(run)
    expectRefusal(await gradTs('train', 'mnist-mlp', '--resume', '--out', run), 1, message)
    expect(filesBelow(run)).toEqual(before)
  })
})
