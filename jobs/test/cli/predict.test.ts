import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build } from '../../../test/builtPackages.js'
import type { ImageSet } from '../../src/images/data/imageSet.js'
import { writeFiles } from '../images/data/pngFiles.js'
import { gradTs, stopAt } from './commandLine.js'
import { commandsInTurn } from './commandsInTurn.js'
import { type Drawn, digitPng, testDigits } from './digitFiles.js'
import { expectRefusal } from './refusal.js'

const count = 40
const training = ['train', 'mnist-mlp', '--epochs', '2', '--limit', '3000', '--test-limit', String(count)]

const inTurn = commandsInTurn()
let home = ''
let run = ''
let digits: ImageSet

beforeAll(async () => {
  await build()
  home = mkdtempSync(join(tmpdir(), 'grad-ts-predict-'))
  run = join(home, 'run')
  const trained = await inTurn(...training, '--out', run)
  if (trained.code !== 0) throw new Error(trained.stderr)
  digits = await testDigits()
}, 240_000)

afterAll(() => rmSync(home, { recursive: true, force: true }))

/** The first test digits as PNGs in a folder of that name: their paths, in order. */
const draw = (folder: string, drawn: Drawn = {}): readonly string[] =>
  Array.from({ length: count }, (_, i) => {
    const name = `${i}.png`
    writeFiles(join(home, folder), { [name]: digitPng(digits, i, drawn) })
    return join(home, folder, name)
  })

type Guess = { readonly class: string; readonly probability: number }
type Prediction = {
  readonly file: string
  readonly inverted?: boolean
  readonly class?: string
  readonly top?: readonly Guess[]
  readonly error?: string
}

/** What `--json` says. */
const predicted = async (
  files: readonly string[],
  ...flags: readonly string[]
): Promise<readonly Prediction[]> => {
  const { code, stdout, stderr } = await inTurn('predict', run, ...files, '--json', ...flags)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return JSON.parse(stdout)
}

const recognised = (predictions: readonly Prediction[]): number =>
  predictions.filter((p, i) => p.class === String(digits.labels[i])).length

describe('grad-ts predict', () => {
  it('takes as many digits for what they are as the test of the run', async () => {
    const predictions = await predicted(draw('grey'))
    const { testAccuracy } = JSON.parse(readFileSync(join(run, 'report.json'), 'utf8'))
    expect(recognised(predictions)).toBe(Math.round(testAccuracy * count))
    expect(recognised(predictions)).toBeGreaterThan(0.8 * count)
  })

  it('takes pictures of any size and colour', async () => {
    expect(recognised(await predicted(draw('large', { scale: 5, colorType: 2 })))).toBeGreaterThan(
      0.75 * count,
    )
  })

  it('reads digits whichever their polarity, says which it inverted, and does what it is told to', async () => {
    const light = draw('light')
    const grey = await predicted(light)
    const dark = draw('dark', { inverted: true })
    const tops = (predictions: readonly Prediction[]) => predictions.map(({ top }) => top)
    expect(tops(await predicted(dark, '--invert'))).toEqual(tops(grey))
    const asTheyAre = await predicted(dark, '--no-invert')
    expect(recognised(asTheyAre)).toBeLessThan(recognised(grey) / 2)
    expect(asTheyAre.every(({ inverted }) => inverted === false)).toBe(true)
    const mixed = dark.flatMap((file, i) => (i % 2 === 0 ? [file] : [light[i]]))
    const { code, stdout, stderr } = await gradTs('predict', run, ...mixed, '--json')
    const read: readonly Prediction[] = JSON.parse(stdout)
    expect(tops(read)).toEqual(tops(grey))
    expect(read.map(({ inverted }) => inverted)).toEqual(mixed.map((_, i) => i % 2 === 0))
    expect(stderr).toBe(
      `dark on light, read inverted: ${dark[0]}, ${dark[2]}, ${dark[4]} and ${count / 2 - 3} more (--no-invert reads images as they are)\n`,
    )
    expect(code).toBe(0)
  })

  it('names the three likeliest classes, the first of which is the one', async () => {
    const files = [...draw('order')].reverse()
    const predictions = await predicted(files)
    expect(predictions.map(({ file }) => file)).toEqual(files)
    for (const { class: name, top = [] } of predictions) {
      const probabilities = top.map(({ probability }) => probability)
      expect(new Set(top.map((guess) => guess.class)).size).toBe(3)
      expect(top[0].class).toBe(name)
      expect([...probabilities].sort((a, b) => b - a)).toEqual(probabilities)
      expect(probabilities.reduce((a, b) => a + b)).toBeLessThanOrEqual(1 + 1e-6)
      expect(probabilities[2]).toBeGreaterThan(0)
    }
  })

  it('prints an aligned line for each image', async () => {
    const files = draw('lines').slice(8, 12)
    const predictions = await predicted(files)
    const { stdout } = await inTurn('predict', run, ...files)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => line.split(/ +/))).toEqual(
      predictions.map(({ file, class: name, top = [] }) => [
        file,
        name,
        ...top.flatMap((guess, i) => [
          `${i === 0 ? '(' : ''}${guess.class}`,
          `${guess.probability.toFixed(4)}${i === 2 ? ')' : ','}`,
        ]),
      ]),
    )
    expect(new Set(lines.map((line) => line.indexOf('('))).size).toBe(1)
  })

  it('takes more images than a batch holds', async () => {
    const [file, other] = draw('many')
    const predictions = await predicted([...new Array<string>(299).fill(file), other])
    expect(predictions).toHaveLength(300)
    expect(new Set(predictions.slice(0, 299).map((p) => p.class))).toEqual(new Set([predictions[0].class]))
    expect(predictions[299].class).toBe((await predicted([other]))[0].class)
  })

  it('says of a run that is not finished how far it is', async () => {
    const folder = join(home, 'unfinished')
    await stopAt(folder, 20, 'SIGKILL', [...training, '--checkpoint-every', '4'])
    const { code, stdout, stderr } = await inTurn('predict', folder, draw('early')[0])
    expect(stderr).toMatch(/^mnist-mlp of .*, not finished: after \d+ steps, of 2 epochs.*\n$/)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(code).toBe(0)
  })
})

describe('images that cannot be read', () => {
  const broken = (): Readonly<Record<string, string>> => {
    const whole = digitPng(digits, 0)
    const files = {
      'text.png': 'a letter',
      'short.png': whole.subarray(0, whole.length - 30),
      'empty.png': '',
    }
    writeFiles(join(home, 'broken'), files)
    return Object.fromEntries(
      [...Object.keys(files), 'missing.png'].map((name) => [name, join(home, 'broken', name)]),
    )
  }

  it.each([
    ['text.png', /a PNG was required, got a file that begins with/],
    ['short.png', /a PNG was required, got bytes that cannot be decoded/],
    ['empty.png', /a PNG was required, got an empty file/],
    ['missing.png', /cannot read \(ENOENT/],
  ])('%s is refused in one line that names it', async (name, message) => {
    const ended = await inTurn('predict', run, broken()[name])
    expectRefusal(ended, 1, message)
    expect(ended.stderr).toContain(`${join(home, 'broken', name)}: `)
  })

  it('do not keep others from being predicted', async () => {
    const [first, second] = draw('whole')
    const [text, missing] = [broken()['text.png'], broken()['missing.png']]
    const apart = await inTurn('predict', run, first, second)
    const together = await gradTs('predict', run, text, first, missing, second)
    expect(together.stdout).toBe(apart.stdout)
    expect(together.stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/text\.png: a PNG was required/),
      expect.stringMatching(/missing\.png: cannot read/),
    ])
    expect(together.code).toBe(1)
  })

  it('have their place and the reason in --json', async () => {
    const [file] = draw('json')
    const { code, stdout } = await inTurn('predict', run, broken()['empty.png'], file, '--json')
    expect(JSON.parse(stdout)).toEqual([
      { file: broken()['empty.png'], error: expect.stringMatching(/an empty file/) },
      ...(await predicted([file])),
    ])
    expect(code).toBe(1)
  })
})

describe('what cannot be asked', () => {
  it('a run that is none, and an unknown backend, in one line', async () => {
    const [file] = draw('asked')
    expectRefusal(await inTurn('predict', home, file), 1, /the folder of a run was required/)
    expectRefusal(await inTurn('predict', run, file, '--backend', 'abacus'), 2, /--backend: one of/)
  })

  it.each([
    ['no image', [], /image/],
    ['an unknown flag', ['a.png', '--inverse'], /--inverse/],
  ])('%s', async (_what, args, message) => {
    const { code, stderr, stdout } = await inTurn('predict', run, ...args)
    expect(stderr).toMatch(message)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })
})
