import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { np } from '../../src/index.js'
import { lockFolder } from '../../src/io/folderLock.js'
import { inFolder } from '../../src/runs/inFolder.js'
import { savedRun } from '../../src/runs/positionFile.js'
import { fit } from '../../src/train/fit.js'
import { temporaryFolders } from '../io/temporaryFolder.js'
import { countingTask, numbers, right } from '../train/countingTask.js'
import { type Process, resultOf, savedSteps, tracesOf, trainCounting } from './wholeRun.js'

const newFolder = temporaryFolders()
const plan = { epochs: 2, validation: 'none' } as const
const train = (process: Process, task = countingTask()) => trainCounting(task, plan, process)

describe('the folder of a run', () => {
  it('is made with those above it, and holds nothing but the run', async () => {
    const folder = join(newFolder(), 'a', 'b')
    right(await train({ folder }))
    expect(readdirSync(folder).sort()).toEqual(['checkpoint', 'metrics.csv', 'steps.jsonl', 'tensorboard'])
  })

  it('is refused while another process uses it', async () => {
    const folder = newFolder()
    const lock = await lockFolder(folder, 'something else')()
    expect(await train({ folder })).toMatchObject({
      left: { _tag: 'FolderInUse', message: expect.stringContaining('(something else)') },
    })
    expect(readdirSync(folder)).toEqual(['run.lock'])
    if (E.isRight(lock)) await lock.right.release()
    right(await train({ folder }))
  })

  it('is refused where it holds a run or a file of somebody, which stay', async () => {
    const [run, other] = [newFolder(), newFolder()]
    right(await train({ folder: run }))
    const before = tracesOf(run)
    writeFileSync(join(other, 'notes.txt'), 'mine')
    for (const folder of [run, other]) {
      const refused = await train({ folder })
      expect(refused).toMatchObject({ left: { _tag: 'FolderOccupied', folder } })
      expect(E.isLeft(refused) && refused.left.message).toMatch(
        /^folder: an empty folder was required, got .*, which holds .*\. Choose another, or go on with that run: resume\.$/,
      )
    }
    expect(tracesOf(run)).toEqual(before)
    expect(readdirSync(other)).toEqual(['notes.txt'])
  })

  it('is begun anew where there is no checkpoint to resume', async () => {
    const [resumed, plain] = [newFolder(), newFolder()]
    const result = resultOf(right(await train({ folder: resumed, resume: true })))
    expect(result).toEqual(resultOf(right(await train({ folder: plain }))))
    expect(tracesOf(resumed)).toEqual(tracesOf(plain))
  })

  it('is as it was after an abort before the first step, and after one that could not begin', async () => {
    const parent = newFolder()
    const [missing, empty] = [join(parent, 'a', 'b'), join(parent, 'empty')]
    mkdirSync(empty)
    const aborted = right(await train({ folder: missing, signal: AbortSignal.abort() }))
    expect(resultOf(aborted)).toMatchObject({ ending: 'interrupted', bestEpoch: null })
    expect(aborted.trainedExamples).toBe(0)
    right(await train({ folder: empty, signal: AbortSignal.abort() }))
    expect(existsSync(join(parent, 'a'))).toBe(false)
    expect(readdirSync(empty)).toEqual([])
  })

  it('keeps the run that is aborted before the first step of a resumption', async () => {
    const folder = newFolder()
    right(await trainCounting(countingTask(), { ...plan, epochs: 1 }, { folder }))
    const before = tracesOf(folder)
    right(await train({ folder, resume: true, signal: AbortSignal.abort() }))
    expect(tracesOf(folder)).toEqual(before)
  })
})

describe('a run that is resumed', () => {
  it.each([
    ['batchSize', { batchSize: 5 }, '5', '4'],
    ['seed', { seed: 3 }, '3', '0'],
    ['examples', { train: numbers(15) }, '15', '14'],
  ] as const)('with another %s is refused by name, and stays', async (name, changed, now, then) => {
    const folder = newFolder()
    right(await trainCounting(countingTask(), { ...plan, epochs: 1 }, { folder }))
    const before = tracesOf(folder)
    const refused = await train({ folder, resume: true, ...changed })
    expect(refused).toMatchObject({ left: { _tag: 'IoFormatError' } })
    expect(E.isLeft(refused) && refused.left.message).toMatch(
      new RegExp(`manifest\\.json: .*${name} ${now} .*got ${then}\\. Resume a run with the data and options`),
    )
    expect(tracesOf(folder)).toEqual(before)
  })

  it.each([
    ['dataset', 'none', 'a run without validation', 'a run with validation'],
    ['none', 'dataset', 'a run with validation', 'a run without validation'],
  ] as const)('with validation by %s before, and %s now, is refused', async (then, now, required, got) => {
    const folder = newFolder()
    right(await trainCounting(countingTask(), { epochs: 2, validation: then }, { folder }))
    const before = tracesOf(folder)
    const refused = await trainCounting(
      countingTask(),
      { epochs: 3, validation: now },
      { folder, resume: true },
    )
    expect(E.isLeft(refused) && refused.left.message).toContain(
      `: ${required} was required, got ${got}. Resume`,
    )
    expect(tracesOf(folder)).toEqual(before)
  })

  it('goes on from the step after which a hook stopped it', async () => {
    const [stopped, whole] = [newFolder(), newFolder()]
    let steps = 0
    const callbacks = [{ onStep: () => (++steps === 3 ? 'stop' : 'go on') } as const]
    const result = right(await train({ folder: stopped, checkpointEvery: 100, callbacks }))
    expect(result.ending).toBe('stopped')
    expect(savedSteps(stopped)).toBe(3)
    right(await train({ folder: stopped, checkpointEvery: 100, resume: true }))
    right(await train({ folder: whole, checkpointEvery: 100 }))
    expect(tracesOf(stopped)).toEqual(tracesOf(whole))
  })

  it('is refused by another task', async () => {
    const folder = newFolder()
    right(await train({ folder }))
    const refused = await train({ folder, resume: true }, { ...countingTask(), name: 'other' })
    expect(E.isLeft(refused) && refused.left.message).toMatch(/a checkpoint of other .*got one of counting/)
  })

  it('says what it is: its task, how far it went, and the config that it was given', async () => {
    const folder = newFolder()
    right(await train({ folder, config: { model: 'none', layers: [1, 2] }, seed: 5 }))
    expect(await savedRun(folder)).toEqual({
      task: 'counting',
      step: 8,
      epoch: 2,
      config: { examples: 14, batchSize: 4, seed: 5, options: { model: 'none', layers: [1, 2] } },
    })
    expect(savedSteps(folder)).toBe(8)
    await expect(savedRun(newFolder())).rejects.toMatchObject({ _tag: 'IoSystemError' })
  })
})

describe('fit', () => {
  it('rejects with the error that says what happened', async () => {
    const folder = newFolder()
    const options = { train: numbers(4), batchSize: 2, epochs: 1, run: inFolder(folder) }
    await fit(countingTask(), options)
    await expect(fit(countingTask(), options)).rejects.toMatchObject({ _tag: 'FolderOccupied', folder })
  })

  it.each(['memory', 'a folder'])('refuses a state with a leaf that is no tensor, in %s', async (where) => {
    const place = where === 'memory' ? {} : { run: inFolder(newFolder()) }
    const odd = {
      name: 'odd',
      init: () => ({ at: np.array(0), count: 3 }),
      step: (state: { readonly count: number }) => ({ state, figures: { loss: 1 } }),
    }
    const options = { train: numbers(4), batchSize: 2, epochs: 1, validation: async () => ({ loss: 1 }) }
    const training = fit(odd, { ...options, ...place })
    await expect(training).rejects.toThrow(
      /^fit: tensors are required in the state of a task, got .*3.* as .*count\. Make it one: np\.array\(…\)\.$/,
    )
  })

  const counting = countingTask()
  const { judge: _, ...unjudged } = counting
  const good = { train: numbers(4), batchSize: 2, epochs: 1 }
  it.each([
    [{ batchsize: 2 }, /^fit: options among train, batchSize, .* got batchsize\. Did you mean batchSize\?/],
    [{ train: numbers(0) }, 'fit: a dataset with at least one example is required, got none.'],
    [
      { validation: numbers(0) },
      /^fit: a dataset with at least one example is required, got none\. Leave validation/,
    ],
    [
      { validation: numbers(3), monitor: { figure: 'acuracy', mode: 'max' } },
      'fit: a figure of validation is required as monitor, got acuracy. It has loss, accuracy.',
    ],
    [{ train: undefined }, 'fit: a dataset with at least one example is required, got undefined.'],
    [{ train: [1, 2] }, 'fit: a dataset with at least one example is required, got object.'],
    ...['batchSize', 'epochs', 'patience'].flatMap((name) =>
      [0, -1, 1.5, Number.NaN, '3'].map((value) => [
        { validation: numbers(3), [name]: value },
        `fit: a positive integer as ${name} is required, got ${value}.`,
      ]),
    ),
    [{ batchSize: undefined }, 'fit: a positive integer as batchSize is required, got undefined.'],
    [{ epochs: null }, 'fit: a positive integer as epochs is required, got null.'],
    [{ seed: -1 }, 'fit: an integer from 0 on as seed is required, got -1.'],
    [{ seed: 0.5 }, 'fit: an integer from 0 on as seed is required, got 0.5.'],
    [{ patience: 2 }, 'fit: validation to judge epochs by is required, got patience 2 alone.'],
    [
      { validation: numbers(3), monitor: { figure: 'loss', mode: 'least' } },
      "fit: 'min' or 'max' as the mode of monitor is required, got least.",
    ],
  ] as readonly (readonly [object, string | RegExp])[])(
    'refuses wrong options: %j',
    async (wrong, message) => {
      await expect(fit(counting, { ...good, ...wrong })).rejects.toThrow(message)
    },
  )

  it.each([
    [{ resumed: true }, /^inFolder: options among resume, .* got resumed\. Did you mean resume\?/],
    ...[0, -1, 1.5, '3'].map((checkpointEvery) => [
      { checkpointEvery },
      `inFolder: a positive integer as checkpointEvery is required, got ${checkpointEvery}.`,
    ]),
  ] as readonly (readonly [object, string | RegExp])[])(
    'refuses wrong options of a folder: %j',
    (wrong, message) => {
      expect(() => inFolder('run', wrong)).toThrow(message)
    },
  )

  it('wants a task that can judge for a dataset to validate with, not for a function', async () => {
    await expect(fit(unjudged, { ...good, validation: numbers(3) })).rejects.toThrow(
      'fit: a task with `judge` is required, got counting without. Give it one, or validate with a function.',
    )
    const validation = async () => ({ loss: 1, accuracy: 1 })
    expect((await fit(unjudged, { ...good, validation })).bestEpoch).toBe(0)
  })
})
