import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { tasks } from 'grad-ts/runs'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/io/temporaryFolder.js'
import { inOutFolder } from '../../src/cli/outFolder.js'
import { writeFiles } from '../images/data/pngFiles.js'
import { tinyClassifier } from '../images/run/tinyClassifier.js'
import { tinyConfig, tracesOf, trainTiny } from '../images/run/wholeRun.js'
import { filesBelow } from './commandLine.js'

const home = temporaryFolder()
const open = (out: string) =>
  inOutFolder('mnist-mlp', { out }, 'grad-ts train', () => TE.right({ value: 0, isBegun: true }))()

const temporary = 'arrays-0123456789abcdef.safetensors.77-0a1b2c3d.tmp'

describe('the folder of a new run', () => {
  it('may be missing, or empty', async () => {
    for (const name of ['a', 'missing/b']) {
      mkdirSync(join(home(), 'a'), { recursive: true })
      expect(await open(join(home(), name))).toEqual(E.right(0))
      expect(existsSync(join(home(), name))).toBe(true)
    }
  })

  it('may be that of a run which was killed before its first checkpoint, and is used as if it were empty', async () => {
    class Killed extends Error {}
    const [run, whole] = [join(home(), 'run'), join(home(), 'whole')]
    mkdirSync(run)
    mkdirSync(whole)
    const classifier = tinyClassifier({ config: tinyConfig, steps: 12 })
    // the logs are open, and the checkpoint of the beginning is about to be written
    const now = (): number => {
      throw new Killed()
    }
    await expect(trainTiny(classifier, { folder: run, config: tinyConfig, now })).rejects.toThrow(Killed)
    expect(Object.keys(filesBelow(run))).toEqual(['steps.jsonl', 'tensorboard/events.out.tfevents.grad-ts'])
    writeFiles(run, {
      [`checkpoint/${temporary}`]: 'half',
      'checkpoint/arrays-0123456789abcdef.safetensors': '',
    })
    expect(await open(run)).toEqual(E.right(0))
    for (const folder of [run, whole])
      expect(E.isRight(await trainTiny(classifier, { folder, config: tinyConfig }))).toBe(true)
    expect(tracesOf(run)).toEqual(tracesOf(whole))
    expect(Object.keys(filesBelow(run))).toEqual(Object.keys(filesBelow(whole)))
  })

  it.each<readonly [string, Readonly<Record<string, string>>, string]>([
    ['a checkpoint', { 'checkpoint/manifest.json': '{}' }, 'checkpoint'],
    ['something else among checkpoints', { 'checkpoint/notes.txt': '' }, 'checkpoint'],
    ['steps that were done', { 'steps.jsonl': '{"step":1,"loss":2}\n' }, 'steps.jsonl'],
    ['a file of its owner', { 'metrics.csv': 'epoch\n', 'thesis.tex': '' }, 'thesis.tex'],
  ])('must not hold %s', async (_what, files, named) => {
    writeFiles(home(), files)
    const before = filesBelow(home())
    const refused = await open(home())
    expect(E.isLeft(refused) && refused.left).toEqual({
      _tag: 'Usage',
      message: `--out: an empty folder was required, got ${home()} (it holds ${named} already; choose another, or go on with that run by --resume).`,
    })
    expect(filesBelow(home())).toEqual(before)
  })
})

describe('a start that fails', () => {
  const failure = { _tag: 'Usage', message: 'no' }
  const start = (out: string, begin: (folder: string) => void) =>
    inOutFolder('mnist-mlp', { out }, 'grad-ts train', (folder) => async () => {
      begin(folder)
      return E.left(failure)
    })()
  const early = (folder: string) =>
    writeFiles(folder, { 'metrics.csv': 'epoch\n', [`checkpoint/${temporary}`]: 'half' })

  it('leaves no folder behind, nor those that were made for it', async () => {
    mkdirSync(join(home(), 'a'))
    for (const begin of [() => undefined, early])
      expect(await start(join(home(), 'a/b/c'), begin)).toEqual(E.left(failure))
    expect(existsSync(join(home(), 'a/b'))).toBe(false)
    expect(existsSync(join(home(), 'a'))).toBe(true)
  })

  it('also where it throws', async () => {
    const thrown = start(join(home(), 'a'), () => {
      throw new Error('no device')
    })
    await expect(thrown).rejects.toThrow('no device')
    expect(existsSync(join(home(), 'a'))).toBe(false)
  })

  it('leaves a folder that was there empty, as it was', async () => {
    await start(home(), early)
    expect(filesBelow(home())).toEqual({})
    expect(existsSync(home())).toBe(true)
  })

  it('keeps a checkpoint, and what somebody else put there', async () => {
    for (const file of ['checkpoint/manifest.json', 'notes.txt']) {
      const out = join(home(), file.slice(0, 3))
      await start(out, (folder) => writeFiles(folder, { 'metrics.csv': 'epoch\n', [file]: '{}' }))
      expect(Object.keys(filesBelow(out))).toEqual([file, 'metrics.csv'].sort())
    }
  })
})

it('a start that is stopped before its first step leaves nothing behind, its first checkpoint included', async () => {
  const stop = (out: string) =>
    inOutFolder('mnist-mlp', { out }, 'grad-ts train', (folder) => {
      writeFiles(folder, { 'metrics.csv': 'epoch\n', 'checkpoint/manifest.json': '{}' })
      return TE.right({ value: 130, isBegun: false })
    })()
  expect(await stop(join(home(), 'a/b'))).toEqual(E.right(130))
  expect(existsSync(join(home(), 'a'))).toBe(false)
  expect(await stop(home())).toEqual(E.right(130))
  expect(filesBelow(home())).toEqual({})
})

it('a folder that the system does not make is refused, where it is and below', async () => {
  writeFiles(home(), { file: '' })
  const places = [join(home(), 'file'), join(home(), 'file/a')]
  for (const out of process.platform === 'linux' ? [...places, '/proc/grad-ts/a'] : places) {
    const refused = await open(out)
    expect(E.isLeft(refused) && refused.left.message).toMatch(/^--out: .*: cannot make the folder \(/)
  }
  if (process.platform !== 'linux') return
  // it is there, and nothing can be written to it
  const locked = await open('/proc')
  expect(E.isLeft(locked) && locked.left.message).toMatch(/^\/proc: cannot be locked .*may be written/)
})

it('runs that begin in the same second have folders of their own', async () => {
  const now = new Date('2026-01-31T12:00:00Z')
  const parent = join(home(), 'runs')
  const made = await Promise.all([1, 2, 3].map(() => tasks.datedFolder(parent, 'mnist-mlp', now)()))
  const name = join(parent, 'mnist-mlp-2026-01-31-120000')
  const folders = made.flatMap((folder) => (E.isRight(folder) ? [folder.right.folder] : []))
  expect(folders.sort()).toEqual([name, `${name}-2`, `${name}-3`])
})
