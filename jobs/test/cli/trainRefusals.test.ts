import {
  copyFileSync,
  existsSync,
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
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { saveCheckpoint } from '../../../src/io/saveCheckpoint.js'
import { build } from '../../../test/builtPackages.js'
import { locateMnist } from '../../src/images/data/mnist.js'
import { filesBelow, gradTs } from './commandLine.js'
import { commandsInTurn } from './commandsInTurn.js'
import { expectRefusal } from './refusal.js'

const small = ['--epochs', '3', '--limit', '200', '--test-limit', '50']
const training = ['train', 'mnist-mlp', ...small]

const inTurn = commandsInTurn()
let home = ''
let whole = ''

beforeAll(async () => {
  await build()
  home = mkdtempSync(join(tmpdir(), 'grad-ts-cli-'))
  whole = join(home, 'whole')
  expect((await inTurn(...training, '--out', whole)).code).toBe(0)
}, 240_000)

afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('what cannot be taken is refused in one line, and nothing is written', () => {
  it.each([
    ['an epoch count below one', ['--epochs', '-1'], /--epochs: a positive integer was required, got "-1"/],
    ['a rate in words', ['--lr', 'fast'], /--lr: a positive number was required, got "fast"/],
    ['half a seed', ['--seed', '0.5'], /--seed: an integer .* was required, got "0.5"/],
    ['an unknown backend', ['--backend', 'abacus'], /--backend: one of .*reference.* got "abacus"/],
    ['--resume without a folder', ['--resume'], /--resume: the folder of the run is required/],
    ['checkpoints never', ['--checkpoint-every', '0'], /--checkpoint-every: a positive integer/],
    [
      'patience without validation',
      ['--patience', '2'],
      /--patience: images to judge epochs by were required/,
    ],
    [
      'nothing but validation',
      ['--limit', '100', '--validation', '100'],
      /--validation: fewer than the 100 training images were required, got 100/,
    ],
    [
      'an unknown schedule',
      ['--schedule', 'linear'],
      /--schedule: constant, cosine or one-cycle was required, got "linear"/,
    ],
    [
      'a schedule for longer runs',
      ['--schedule', 'one-cycle', '--epochs', '1', '--limit', '64'],
      /--schedule: at least 4 updates were required for one-cycle, got 1/,
    ],
    [
      'more batches an update than there are',
      ['--accumulate', '9', '--epochs', '1', '--limit', '64'],
      /--accumulate: at most the 1 steps of the run were required, got 9/,
    ],
    [
      'an average of everything',
      ['--average', '1'],
      /--average: a number from 0 to below 1 was required, got "1"/,
    ],
    [
      'a report in a folder that is missing',
      ['--report', '/no/such/folder/figures.json'],
      /--report: a file in a folder that exists and may be written was required, got \/no\/such\/folder\/figures.json \(ENOENT/,
    ],
    ['a report in place of a folder', ['--report', tmpdir()], /--report: .* \(it is a folder\)/],
    ['a negative decay', ['--weight-decay', '-1'], /--weight-decay: a number, not negative was required/],
  ])('%s', async (what, flags, message) => {
    const folder = join(home, what)
    mkdirSync(folder)
    const out = flags.includes('--resume') ? [] : ['--out', folder]
    expectRefusal(await inTurn('train', 'mnist-mlp', ...flags, ...out), 2, message)
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

  it('a report of a test in a folder that is missing', async () => {
    const before = filesBelow(whole)
    expectRefusal(await gradTs('eval', whole, '--report', '/no/such/figures.json'), 2, /--report: .*ENOENT/)
    expect(filesBelow(whole)).toEqual(before)
  })

  it('a folder in use', async () => {
    const before = filesBelow(whole)
    expectRefusal(await gradTs(...training, '--out', whole), 2, /--out: an empty folder was required/)
    expect(filesBelow(whole)).toEqual(before)
  })

  it.each([
    [
      'another rate',
      ['--lr', '0.5'],
      /--lr: 0\.001 of the run to resume was required, got 0\.5\. Leave it out\./,
    ],
    ['another seed', ['--seed', '1'], /--seed: 0 of the run to resume was required, got 1/],
    ['validation', ['--validation', '50'], /--validation: 0 of the run to resume was required, got 50/],
    ['fewer epochs', ['--epochs', '2'], /--epochs: at least the 3 of the run to resume were required, got 2/],
  ])('a resumed run with %s', async (_what, flags, message) => {
    const before = filesBelow(whole)
    expectRefusal(await inTurn('train', 'mnist-mlp', '--resume', '--out', whole, ...flags), 2, message)
    expect(filesBelow(whole)).toEqual(before)
  })

  it('more epochs than a schedule was made for', async () => {
    const folder = join(home, 'cosine')
    const few = ['--limit', '128', '--test-limit', '50', '--epochs', '2', '--schedule', 'cosine']
    expect((await inTurn('train', 'mnist-mlp', ...few, '--out', folder)).code).toBe(0)
    const longer = await inTurn('train', 'mnist-mlp', '--resume', '--out', folder, '--epochs', '3')
    expectRefusal(longer, 2, /--epochs: the 2 of the run to resume were required, got 3: the schedule cosine/)
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
    const ended = await inTurn(...training, '--data', data, '--out', run)
    expectRefusal(ended, 1, /train-images-idx3-ubyte.*47040016/)
    expect(existsSync(run)).toBe(false)
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
    expectRefusal(await inTurn('train', 'mnist-mlp', '--resume', '--out', run), 1, message)
    expect(filesBelow(run)).toEqual(before)
  })
})
