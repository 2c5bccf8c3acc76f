import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build } from '../../../test/builtPackages.js'
import { pngBytes, writeFiles } from '../images/data/pngFiles.js'
import { type Ended, gradTs, stopAt } from './commandLine.js'
import { commandsInTurn } from './commandsInTurn.js'
import { digitPng, testDigits } from './digitFiles.js'
import { expectRefusal } from './refusal.js'
import { resultOf, tracesOf } from './runTraces.js'

const inTurn = commandsInTurn()
let home = ''

beforeAll(async () => {
  await build()
  home = mkdtempSync(join(tmpdir(), 'grad-ts-folder-'))
}, 240_000)

afterAll(() => rmSync(home, { recursive: true, force: true }))

/** A blot of one channel on grey, each another. */
const blot = (channel: number, i: number): Uint8Array =>
  pngBytes({
    height: 20 + (i % 5),
    width: 24,
    pixel: (y, x) => {
      const isIn = (y - 10) ** 2 + (x - 8 - (i % 7)) ** 2 < 40
      return [0, 1, 2].map((c) => (isIn && c === channel ? 230 : 90 + (i % 9))) as [number, number, number]
    },
  })

const colours = ['amber', 'moss', 'sky'] as const

/** So many images of each colour to learn from, 6 to be tested on. */
const paintColours = (folder: string, perClass: number): void => {
  for (const [channel, name] of colours.entries())
    for (let i = 0; i < perClass + 6; i++)
      writeFiles(join(home, folder), {
        [`${i < perClass ? 'train' : 'test'}/${name}/${i}.png`]: blot(channel, i),
      })
}

const json = (...path: readonly string[]) => JSON.parse(readFileSync(join(...path), 'utf8'))

describe('grad-ts train image-cnn', () => {
  const flags = ['--epochs', '2', '--batch-size', '8', '--lr', '0.0005', '--checkpoint-every', '4']
  let run = ''
  let ended: Ended

  beforeAll(async () => {
    paintColours('colours', 14)
    run = join(home, 'run')
    ended = await gradTs('train', 'image-cnn', '--data', join(home, 'colours'), ...flags, '--out', run)
    expect(ended.stderr + ended.stdout).toContain('macro avg')
    expect(ended.code).toBe(0)
  }, 180_000)

  it('learns the classes of the folder, and keeps their names', () => {
    expect(ended.stdout).toContain(`data PNGs of ${join(home, 'colours')}, made RGB 48×48`)
    const { report } = resultOf(run)
    expect(report).toMatchObject({
      model: 'image-cnn',
      data: `PNGs of ${join(home, 'colours')}, made RGB 48×48`,
      trainExamples: 42,
      testExamples: 18,
      // 3·3·(3·32 + 32·64 + 64·128) + 224 + 18432·512 + 512 + 512·3 + 3
      parameters: 9_532_483,
    })
    expect(report.testAccuracy).toBeGreaterThan(0.6)
    expect(json(run, 'checkpoint', 'manifest.json').config.options).toMatchObject({
      classes: colours,
      data: join(home, 'colours'),
    })
    expect(readFileSync(join(run, 'index.html'), 'utf8')).toContain('Data: PNGs of ')
  })

  it('is tested and used without its data being named, to the same figures', async () => {
    const figures = join(home, 'figures.json')
    const { code, stderr } = await gradTs('eval', run, '--report', figures)
    expect(code, stderr).toBe(0)
    const { report } = resultOf(run)
    const { testLoss, testAccuracy, classes } = json(figures)
    expect([testLoss, testAccuracy]).toEqual([report.testLoss, report.testAccuracy])
    expect(classes.map(({ name }: { readonly name: string }) => name)).toEqual(colours)
    // the whole folder and its test/ alone are the same data
    for (const data of [join(home, 'colours'), join(home, 'colours', 'test')]) {
      await inTurn('eval', run, '--report', figures, '--data', data)
      expect(json(figures)).toMatchObject({ testLoss, testAccuracy })
    }
    const picture = join(home, 'colours', 'test', 'sky', '15.png')
    const predicted = await inTurn('predict', run, picture, '--json')
    expect(predicted.code, predicted.stderr).toBe(0)
    const [{ top }] = JSON.parse(predicted.stdout)
    expect(top.map((guess: { readonly class: string }) => guess.class).sort()).toEqual(colours)
  }, 180_000)

  it('killed, is resumed to the same result, wherever its data are then', async () => {
    paintColours('moved', 14)
    const killed = join(home, 'killed')
    const args = ['train', 'image-cnn', '--data', join(home, 'moved'), ...flags]
    expect((await stopAt(killed, 4, 'SIGKILL', args)).signal).toBe('SIGKILL')
    renameSync(join(home, 'moved'), join(home, 'elsewhere'))
    const lost = await gradTs('train', 'image-cnn', '--resume', '--out', killed)
    expectRefusal(lost, 1, /moved: cannot read \(ENOENT/)
    const resume = ['train', 'image-cnn', '--resume', '--out', killed, '--data', join(home, 'elsewhere')]
    expect((await gradTs(...resume)).code).toBe(0)
    const { report, arrays, weights, metrics, steps } = tracesOf(killed)
    const whole = tracesOf(run)
    expect({ arrays, weights, metrics, steps }).toEqual({
      arrays: whole.arrays,
      weights: whole.weights,
      metrics: whole.metrics,
      steps: whole.steps,
    })
    expect(report).toEqual({ ...whole.report, data: `PNGs of ${join(home, 'elsewhere')}, made RGB 48×48` })
    writeFiles(join(home, 'elsewhere'), { 'train/zinc/1.png': blot(0, 1) })
    expectRefusal(await inTurn(...resume), 1, /train\/zinc: a folder named after one of the 3 classes/)
  }, 180_000)

  it.each<
    readonly [string, number, Readonly<Record<string, Uint8Array | string>> | null, readonly string[], RegExp]
  >([
    [
      'no data',
      2,
      null,
      [],
      /^--data: a folder with train\/ and test\/ inside was required for image-cnn, got none\./,
    ],
    [
      'no train/',
      1,
      { 'test/a/1.png': blot(0, 0) },
      [],
      /a folder with train\/ and test\/ inside was required, got one without train\/\./,
    ],
    [
      'one class',
      2,
      { 'train/a/1.png': blot(0, 0), 'test/a/1.png': blot(0, 0) },
      [],
      /^--data: at least 2 classes were required in .*train for image-cnn, got 1\./,
    ],
    [
      'an empty class',
      1,
      { 'train/a/1.png': blot(0, 0), 'train/b/x.txt': '', 'test/a/1.png': blot(0, 0) },
      [],
      /train\/b: at least one PNG of the class was required/,
    ],
    [
      'a class of its own in test/',
      1,
      { 'train/a/1.png': blot(0, 0), 'train/b/1.png': blot(1, 0), 'test/c/1.png': blot(0, 0) },
      [],
      /test\/c: a folder named after one of the 2 classes was required, got "c"/,
    ],
    [
      'a broken PNG',
      1,
      { 'train/a/1.png': 'none', 'train/b/1.png': blot(1, 0), 'test/a/1.png': blot(0, 0) },
      [],
      /train\/a\/1\.png: a PNG was required/,
    ],
    [
      'too few images',
      2,
      { 'train/a/1.png': blot(0, 0), 'train/b/1.png': blot(1, 0), 'test/a/1.png': blot(0, 0) },
      ['--validation', '2'],
      /--validation: fewer than the 2 training images were required, got 2/,
    ],
    ['digits in IDX files', 1, { 'train-images-idx3-ubyte': '' }, [], /train-images-idx3-ubyte/],
  ])('refuses %s in one line, and writes nothing', async (what, exit, files, flags, message) => {
    const [data, out] = [join(home, `data of ${what}`), join(home, `run of ${what}`)]
    if (files !== null) writeFiles(data, files)
    const named = files === null ? [] : ['--data', data]
    expectRefusal(await inTurn('train', 'image-cnn', ...named, ...flags, '--out', out), exit, message)
    // nor is the folder left
    expect(existsSync(out)).toBe(false)
  })
})

describe('grad-ts train signs-cnn', () => {
  const few = ['--epochs', '1', '--limit', '43', '--test-limit', '43', '--batch-size', '43']

  it('learns from synthetic signs, and says so wherever its figures are', async () => {
    const run = join(home, 'signs')
    const ended = await inTurn('train', 'signs-cnn', ...few, '--out', run)
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stdout).toMatch(/^data synthetic traffic signs/m)
    const { report } = resultOf(run)
    expect(report).toMatchObject({ parameters: 9_553_003, trainExamples: 43, testExamples: 43 })
    expect(report.data).toMatch(/^synthetic traffic signs, drawn/)
    expect(readFileSync(join(run, 'index.html'), 'utf8')).toContain('Data: synthetic traffic signs, drawn')
    const figures = join(home, 'signs.json')
    expect((await inTurn('eval', run, '--report', figures)).code).toBe(0)
    expect(json(figures)).toMatchObject({
      testLoss: report.testLoss,
      testAccuracy: report.testAccuracy,
      data: report.data,
    })
    const other = ['train', 'signs-cnn', '--resume', '--out', run, '--data', home]
    expectRefusal(
      await inTurn(...other),
      2,
      /--data: the images of the run to resume, its own, were required/,
    )
  }, 180_000)

  it('wants 43 classes of a folder', async () => {
    paintColours('three', 1)
    const refused = await inTurn(
      'train',
      'signs-cnn',
      '--data',
      join(home, 'three'),
      '--out',
      join(home, 'of-three'),
    )
    expectRefusal(
      refused,
      2,
      /--data: 43 classes were required in .*train for signs-cnn, got 3\. image-cnn takes any/,
    )
  })
})

describe('grad-ts train mnist-mlp', () => {
  it('learns from digits of a folder, which may lack some', async () => {
    const digits = await testDigits()
    const data = join(home, 'digits')
    for (let i = 0; i < 300; i++)
      if (digits.labels[i] !== 4)
        writeFiles(data, {
          [`${i < 240 ? 'train' : 'test'}/${digits.labels[i]}/${i}.png`]: digitPng(digits, i),
        })
    const run = join(home, 'of-digits')
    const flags = ['--epochs', '12', '--batch-size', '16', '--data', data]
    const ended = await inTurn('train', 'mnist-mlp', ...flags, '--out', run)
    expect(ended.code, ended.stderr).toBe(0)
    const { report } = resultOf(run)
    expect(report.data).toBe(`PNGs of ${data}, made grey 28×28, light on dark`)
    expect(report.testAccuracy).toBeGreaterThan(0.6)
    expect(json(run, 'checkpoint', 'manifest.json').config.options.classes).toBe(null)
    writeFiles(data, { 'train/eleven/1.png': digitPng(digits, 1) })
    const refused = await inTurn('train', 'mnist-mlp', ...flags, '--out', join(home, 'of-eleven'))
    expectRefusal(refused, 1, /train\/eleven: a folder named after one of the 10 classes/)
  }, 60_000)
})
