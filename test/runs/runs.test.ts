import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { np } from '../../src/index.js'
import { inFolder } from '../../src/runs/inFolder.js'
import { fitTask } from '../../src/train/fit.js'
import type { Task } from '../../src/train/task.js'
import { temporaryFolders } from '../io/temporaryFolder.js'
import { countingTask, numbers, right, seenOf } from '../train/countingTask.js'
import { eventsOf, type Plan, resultOf, savedSteps, tracesOf, trainCounting } from './wholeRun.js'

const newFolder = temporaryFolders()

/** Raised by a task: as far as files are concerned, the process ends there. */
class Killed extends Error {}

type End = { readonly by: 'signal' | 'kill'; readonly at: number }

describe('a run', () => {
  const ends = fc.array(fc.record({ by: fc.constantFrom<End['by']>('signal', 'kill'), at: fc.nat(14) }), {
    maxLength: 4,
  })
  const plans: fc.Arbitrary<Plan> = fc.record({
    validation: fc.constantFrom<Plan['validation']>('none', 'dataset', 'function'),
    epochs: fc.integer({ min: 1, max: 3 }),
    patience: fc.constantFrom(null, 1),
    monitor: fc.constantFrom(
      { figure: 'loss', mode: 'min' } as const,
      { figure: 'accuracy', mode: 'max' } as const,
    ),
  })
  const sensible = (plan: Plan): Plan => (plan.validation === 'none' ? { ...plan, patience: null } : plan)

  type Whole = { readonly traces: ReturnType<typeof tracesOf>; readonly result: ReturnType<typeof resultOf> }
  const known = new Map<string, Whole>()
  const undisturbed = async (plan: Plan): Promise<Whole> => {
    const name = JSON.stringify(plan)
    const before = known.get(name)
    if (before !== undefined) return before
    const folder = newFolder()
    const result = resultOf(right(await trainCounting(countingTask(), plan, { folder, checkpointEvery: 3 })))
    const whole = { traces: tracesOf(folder), result }
    known.set(name, whole)
    return whole
  }

  it('killed or stopped anywhere, and resumed, leaves the files of one that was not, and gives its result', async () => {
    await fc.assert(
      fc.asyncProperty(plans, ends, fc.integer({ min: 1, max: 5 }), async (chosen, ends, every) => {
        const plan = sensible(chosen)
        const expected = await undisturbed(plan)
        const folder = newFolder()
        let wallTime = 0
        let result: ReturnType<typeof resultOf> | null = null
        for (const end of [...ends, null]) {
          const stop = new AbortController()
          let actions = 0
          const task = countingTask(() => {
            if (end === null || actions++ !== end.at) return
            if (end.by === 'kill') throw new Killed()
            stop.abort()
          })
          const process = { folder, resume: true, checkpointEvery: every, signal: stop.signal }
          try {
            result = resultOf(
              right(await trainCounting(task, plan, { ...process, wallTime: () => wallTime++ })),
            )
          } catch (error) {
            if (!(error instanceof Killed)) throw error
          }
        }
        expect(tracesOf(folder)).toEqual(expected.traces)
        expect(result).toEqual(expected.result)
      }),
      { numRuns: 25 },
    )
  }, 120_000)

  it.each(['none', 'dataset', 'function'] as const)(
    'gives in memory what it gives in a folder, with validation: %s',
    async (validation) => {
      const plan: Plan = { epochs: 3, validation }
      const inMemory = resultOf(right(await trainCounting(countingTask(), plan)))
      expect(inMemory).toEqual((await undisturbed(plan)).result)
    },
  )

  it.each(['min', 'max'] as const)(
    'ends with the state of the epoch whose figure is the %s',
    async (mode) => {
      for (const folder of [undefined, newFolder()]) {
        const states: (readonly number[])[] = []
        const plan: Plan = { epochs: 6, validation: 'dataset', monitor: { figure: 'accuracy', mode } }
        const result = right(
          await trainCounting(countingTask(), plan, {
            ...(folder === undefined ? {} : { folder }),
            callbacks: [
              {
                onEpochEnd: ({ position }) => {
                  states.push(seenOf(position().state))
                },
              },
            ],
          }),
        )
        const accuracies = [...result.history.validation['accuracy']]
        const best = accuracies.indexOf(Math[mode](...accuracies))
        expect(new Set(accuracies).size).toBeGreaterThan(1)
        expect(result.bestEpoch).toBe(best)
        expect(seenOf(result.state)).toEqual(states[best])
      }
    },
  )

  it('leaves a line a step, a row an epoch, and both for TensorBoard', async () => {
    const folder = newFolder()
    const plan: Plan = { epochs: 2, validation: 'dataset', validated: 5 }
    const means: { readonly loss: number; readonly accuracy: number }[] = []
    const { history } = right(
      await trainCounting(countingTask(), plan, {
        folder,
        callbacks: [
          {
            onEpochEnd: (event) => {
              means.push(event.means)
            },
          },
        ],
      }),
    )
    const { metrics, steps } = tracesOf(folder)
    const lines = (steps ?? '').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      [...history.steps['loss']].map((loss, i) => ({ step: i + 1, loss })),
    )
    const [head, ...rows] = (metrics ?? '').trimEnd().split('\n')
    expect(head).toBe('epoch,trainLoss,trainAccuracy,validationLoss,validationAccuracy')
    const { loss, accuracy } = history.validation
    expect(rows).toEqual(
      means.map((mean, i) => [i + 1, mean.loss, mean.accuracy, loss[i], accuracy[i]].join()),
    )
    const tags = eventsOf(folder).flatMap((event) =>
      'values' in event && Array.isArray(event.values) && 'step' in event
        ? [`${event.step}: ${event.values.map(({ tag }) => tag).join(' ')}`]
        : [],
    )
    expect(tags).toHaveLength(10)
    expect(tags.slice(3, 5)).toEqual([
      '4: step/loss step/accuracy step/rate',
      '4: epoch/trainLoss epoch/trainAccuracy epoch/validationLoss epoch/validationAccuracy',
    ])
  })

  it('has no columns of validation where there is none, and no best', async () => {
    const { traces, result } = await undisturbed({ epochs: 2, validation: 'none' })
    expect(traces.metrics).toMatch(/^epoch,trainLoss,trainAccuracy\n/)
    expect(traces.best).toBeNull()
    expect(result.bestEpoch).toBeNull()
  })

  it('goes on for more epochs, to the end of one of so many', async () => {
    const [long, folder] = [newFolder(), newFolder()]
    const plan: Plan = { epochs: 3, validation: 'dataset' }
    const whole = right(await trainCounting(countingTask(), plan, { folder: long }))
    right(await trainCounting(countingTask(), { ...plan, epochs: 1 }, { folder }))
    const resumed = right(await trainCounting(countingTask(), plan, { folder, resume: true }))
    expect(tracesOf(folder)).toEqual(tracesOf(long))
    expect(resultOf(resumed)).toEqual(resultOf(whole))
    expect(resumed.trainedExamples).toBe(28)
  })

  it('that is finished is as it was when it is resumed', async () => {
    const folder = newFolder()
    const plan: Plan = { epochs: 8, validation: 'dataset', patience: 1 }
    const first = right(await trainCounting(countingTask(), plan, { folder }))
    const before = tracesOf(folder)
    const again = right(await trainCounting(countingTask(), plan, { folder, resume: true }))
    expect(tracesOf(folder)).toEqual(before)
    expect(resultOf(again)).toEqual(resultOf(first))
    expect(again.trainedExamples).toBe(0)
  })

  it('stops once the best epoch is as long ago as its patience', async () => {
    for (const patience of [1, 2]) {
      const plan: Plan = { epochs: 30, validation: 'dataset', patience }
      const early = right(await trainCounting(countingTask(), plan, { folder: newFolder() }))
      const epochs = early.history.validation['loss'].length
      expect(early.ending).toBe('stopped')
      expect(epochs).toBeLessThan(30)
      expect(early.bestEpoch).toBe(epochs - 1 - patience)
    }
  })

  it('that is interrupted gives the state it got to', async () => {
    const stop = new AbortController()
    let steps = 0
    const task = countingTask((what) => {
      if (what === 'step' && ++steps === 7) stop.abort()
    })
    const process = { folder: newFolder(), signal: stop.signal }
    const result = right(await trainCounting(task, { epochs: 3, validation: 'dataset' }, process))
    expect(result.ending).toBe('interrupted')
    expect(seenOf(result.state)[1]).toBe(7)
    expect(result.trainedExamples).toBe(14 + 12)
    expect(savedSteps(process.folder)).toBe(7)
  })
})

describe('a run that diverges', () => {
  const counting = countingTask()
  const diverging = (at: number): typeof counting => ({
    ...counting,
    step: async (state, batch) => {
      const stepped = await counting.step(state, batch)
      const isOver = seenOf(stepped.state)[1] === at
      return isOver ? { ...stepped, figures: { ...stepped.figures, loss: Number.NaN } } : stepped
    },
  })

  it('in its loss keeps the checkpoint from before, which can be resumed', async () => {
    const [folder, whole] = [newFolder(), newFolder()]
    const plan: Plan = { epochs: 3, validation: 'none' }
    const ended = await trainCounting(diverging(8), plan, { folder })
    expect(ended).toEqual(
      E.left({
        _tag: 'Diverged',
        message: `epoch 2, step 4: a finite loss is required, got NaN. Start again with a smaller learning rate; ${folder}/checkpoint is from before.`,
      }),
    )
    expect(savedSteps(folder)).toBe(6)
    right(await trainCounting(counting, plan, { folder, resume: true }))
    right(await trainCounting(counting, plan, { folder: whole }))
    expect(tracesOf(folder)).toEqual(tracesOf(whole))
  })

  it('in its validation keeps the checkpoint and the best from before', async () => {
    const [folder, first] = [newFolder(), newFolder()]
    const judging = (losses: readonly number[], folder: string) => {
      let epoch = 0
      const epochs = losses.length
      return fitTask(counting, {
        train: numbers(14),
        batchSize: 4,
        epochs,
        validation: async () => ({ loss: losses[epoch++], accuracy: 0 }),
        run: inFolder(folder, { checkpointEvery: 2 }),
      })()
    }
    right(await judging([1], first))
    const ended = await judging([1, Number.POSITIVE_INFINITY, 2], folder)
    expect(E.isLeft(ended) && ended.left.message).toMatch(
      /^epoch 2, validation: a finite loss is required, got Infinity/,
    )
    expect(savedSteps(folder)).toBe(6)
    expect(tracesOf(folder).best).toMatch(/"model": "counting"/)
    expect(tracesOf(folder).best).toBe(tracesOf(first).best)
  })

  it('without a folder names no checkpoint', async () => {
    const ended = await trainCounting(diverging(1), { epochs: 1, validation: 'none' })
    expect(E.isLeft(ended) && ended.left.message).toBe(
      'epoch 1, step 1: a finite loss is required, got NaN. Start again with a smaller learning rate.',
    )
  })

  it.each([
    [6, 6, 4],
    [12, 12, 10],
  ])('in its state after step %d ends before it is saved', async (from, at, kept) => {
    const folder = newFolder()
    const rotten: Task<{ readonly seen: ReturnType<typeof np.array>; readonly moments: object }, object> = {
      name: 'rotten',
      init: () => ({ seen: np.array(0), moments: { mu: np.array([1, 0]) } }),
      step: ({ seen }) => {
        const steps = seen.add(1)
        const mu = np.array([1, steps.item() < from ? 0 : Number.NaN])
        return { state: { seen: steps, moments: { mu } }, figures: { loss: 1 } }
      },
    }
    const run = inFolder(folder, { checkpointEvery: 2 })
    const options = { train: numbers(14), batchSize: 4, epochs: 3, run }
    expect(await fitTask(rotten, options)()).toEqual(
      E.left({
        _tag: 'Diverged',
        message: `after step ${at}: a finite state is required, got NaN in moments.mu. Start again with a smaller learning rate; ${folder}/checkpoint is from before.`,
      }),
    )
    expect(savedSteps(folder)).toBe(kept)
  })
})
