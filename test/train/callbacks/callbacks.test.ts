import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { concatAll } from 'fp-ts/lib/Monoid.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { checkpointing } from '../../../src/runs/checkpointing.js'
import { callbackMonoid, goOn, type Position, type TrainCallback } from '../../../src/train/callback.js'
import { bestEpoch, earlyStopping, type Monitor } from '../../../src/train/callbacks/earlyStopping.js'
import { finiteLoss } from '../../../src/train/callbacks/finiteLoss.js'
import { type History, stepsPerEpoch } from '../../../src/train/history.js'
import { trainingLoop } from '../../../src/train/loop.js'
import type { Figures } from '../../../src/train/task.js'
import { type CountingTask, countingTask, fresh, numbers, right, type Seen, seenOf } from '../countingTask.js'

type Training = {
  readonly count?: number
  readonly batchSize?: number
  readonly epochs: number
  readonly start?: Position<Seen>
  readonly task?: CountingTask
  /** The validation loss of each epoch. */
  readonly judged?: readonly number[]
  /** The step of this process that is the last, as when somebody asks to stop. */
  readonly cut?: number
}

const train = (
  { count = 7, batchSize = 2, epochs, start = fresh(), task = countingTask(), judged, cut }: Training,
  callback: TrainCallback<Seen>,
) => {
  const stop = new AbortController()
  let steps = 0
  let epoch = start.history.validation['loss']?.length ?? 0
  const validate = async (): Promise<O.Option<Figures>> =>
    // its negative too, of which the best is the greatest
    O.some({ loss: judged?.[epoch] ?? 0, gain: -(judged?.[epoch++] ?? 0) })
  return trainingLoop<Seen, Parameters<CountingTask['step']>[1], Figures>(
    {
      ...task,
      step: (state, batch) => {
        if (++steps === cut) stop.abort()
        return task.step(state, batch)
      },
    },
    {
      train: numbers(count),
      batchSize,
      epochs,
      seed: 0,
      start,
      ...(judged === undefined ? {} : { validate }),
      signal: stop.signal,
      now: () => 0,
      callback,
    },
  )
}

const stepsOf = (state: Seen): number => seenOf(state)[1]

describe('checkpointing', () => {
  const plan = { count: fc.integer({ min: 1, max: 12 }), batchSize: fc.integer({ min: 1, max: 5 }) }

  it('saves before the first step, at every n-th and after each epoch, once each', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ ...plan, every: fc.integer({ min: 1, max: 9 }), epochs: fc.integer({ min: 1, max: 4 }) }),
        async ({ count, batchSize, every, epochs }) => {
          const saved: (readonly [number, number])[] = []
          const callback = checkpointing<Seen>(every, async ({ state, history }, epoch) => {
            expect(stepsOf(state)).toBe(history.weights.length)
            saved.push([history.weights.length, epoch])
            return E.right(undefined)
          })
          right(await train({ count, batchSize, epochs }, callback))
          const perEpoch = stepsPerEpoch({ examples: count, batchSize })
          const due = Array.from({ length: epochs * perEpoch + 1 }, (_, step) => step).filter(
            (step) => step % every === 0 || step % perEpoch === 0,
          )
          expect(saved).toEqual(due.map((step) => [step, Math.floor(step / perEpoch)]))
        },
      ),
    )
  })

  it('saves where it was asked to stop, and not again when it goes on', async () => {
    const saved: Position<Seen>[] = []
    const callback = checkpointing<Seen>(100, async (position) => {
      saved.push(position)
      return E.right(undefined)
    })
    right(await train({ epochs: 2, cut: 3 }, callback))
    expect(saved.map(({ history }) => history.weights.length)).toEqual([0, 3])
    right(await train({ epochs: 2, start: saved[1] }, callback))
    expect(saved.map(({ history }) => history.weights.length)).toEqual([0, 3, 4, 8])
  })

  it('ends training where it cannot save', async () => {
    const failure = { _tag: 'IoSystemError', message: 'full' }
    const callback = checkpointing<Seen>(3, async ({ history }) =>
      history.weights.length < 3 ? E.right(undefined) : E.left(failure),
    )
    const seen: number[] = []
    const counting: TrainCallback<Seen> = {
      onStep: async ({ doneSteps }) => {
        seen.push(doneSteps)
        return goOn
      },
    }
    const both = callbackMonoid<Seen, Figures>().concat(counting, callback)
    expect(await train({ epochs: 1 }, both)).toEqual(E.left(failure))
    expect(seen).toEqual([1, 2, 3])
  })
})

const losses = fc.array(
  fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 3 }) }, fc.constant(Number.NaN)),
  { minLength: 1, maxLength: 9 },
)

describe('bestEpoch', () => {
  it('is the first of the least or of the greatest, whatever is no number', () => {
    fc.assert(
      fc.property(losses, (losses) => {
        const numbers = losses.filter((loss) => !Number.isNaN(loss))
        expect(bestEpoch(losses, 'min')).toBe(losses.indexOf(Math.min(...numbers)))
        expect(bestEpoch(losses, 'max')).toBe(losses.indexOf(Math.max(...numbers)))
      }),
    )
    for (const mode of ['min', 'max'] as const) {
      expect(bestEpoch([], mode)).toBe(-1)
      expect(bestEpoch([Number.NaN], mode)).toBe(-1)
    }
    expect(bestEpoch([Number.NaN, 2, 1, 1], 'min')).toBe(2)
    expect(bestEpoch([Number.NaN, 2, 1, 2], 'max')).toBe(1)
  })
})

describe('earlyStopping', () => {
  const patience = fc.option(fc.integer({ min: 1, max: 4 }))
  const monitors: readonly Monitor[] = [
    { figure: 'loss', mode: 'min' },
    { figure: 'gain', mode: 'max' },
  ]
  const monitor = fc.constantFrom(...monitors)
  const stopping = (monitor: Monitor, patience: number | null, kept: number[]) =>
    earlyStopping<Seen>(monitor, patience, async (state) => {
      kept.push(stepsOf(state) / 4) // there are four steps an epoch
      return E.right(undefined)
    })

  /** Epochs that are done, and those whose state was kept, told by a second reading of what it promises. */
  const oracle = (losses: readonly number[], patience: number | null) => {
    const kept: number[] = []
    let [least, waited] = [Number.POSITIVE_INFINITY, 0]
    for (let epoch = 1; epoch <= losses.length; epoch++) {
      if (losses[epoch - 1] < least) {
        least = losses[epoch - 1]
        waited = 0
        kept.push(epoch)
      } else waited++
      if (waited === patience) return { epochs: epoch, kept, ending: 'stopped' }
    }
    return { epochs: losses.length, kept, ending: 'finished' }
  }

  it('keeps each best, and stops after so many epochs without a better one', async () => {
    await fc.assert(
      fc.asyncProperty(losses, patience, monitor, async (losses, patience, monitor) => {
        const kept: number[] = []
        const result = await train(
          { epochs: losses.length, judged: losses },
          stopping(monitor, patience, kept),
        )
        const { ending, position } = right(result)
        const epochs = position.history.validation['loss'].length
        expect({ epochs, kept, ending }).toEqual(oracle(losses, patience))
      }),
    )
  })

  it('stops where the run would that was not interrupted', async () => {
    const cut = fc.integer({ min: 1, max: 36 })
    await fc.assert(
      fc.asyncProperty(losses, patience, cut, monitor, async (losses, patience, cut, monitor) => {
        const kept: number[] = []
        const training = { epochs: losses.length, judged: losses }
        const first = right(await train({ ...training, cut }, stopping(monitor, patience, kept)))
        const second = right(
          await train({ ...training, start: first.position }, stopping(monitor, patience, kept)),
        )
        const epochs = second.position.history.validation['loss'].length
        expect({ epochs, kept }).toMatchObject({
          epochs: oracle(losses, patience).epochs,
          kept: oracle(losses, patience).kept,
        })
        expect(second.ending).toBe(oracle(losses, patience).ending)
      }),
    )
  })

  it('ends training where the best cannot be kept', async () => {
    const failure = { _tag: 'IoSystemError', message: 'full' }
    const callback = earlyStopping<Seen>(monitors[0], 1, async () => E.left(failure))
    expect(await train({ epochs: 2, judged: [1, 2] }, callback)).toEqual(E.left(failure))
  })

  it('does nothing without validation', async () => {
    const kept: number[] = []
    expect(right(await train({ epochs: 3 }, stopping(monitors[0], 1, kept))).ending).toBe('finished')
    expect(kept).toEqual([])
  })
})

describe('finiteLoss', () => {
  const task = countingTask()
  const diverging = (at: number, loss: number): CountingTask => ({
    ...task,
    step: async (state, batch) => {
      const stepped = await task.step(state, batch)
      return stepsOf(stepped.state) === at ? { ...stepped, figures: { ...stepped.figures, loss } } : stepped
    },
  })
  const guarded = (kept: string[]) =>
    concatAll(callbackMonoid<Seen, Figures>())([
      finiteLoss('runs/a/checkpoint'),
      earlyStopping({ figure: 'loss', mode: 'min' }, null, async (state) => {
        kept.push(`best of ${stepsOf(state)}`)
        return E.right(undefined)
      }),
      checkpointing(1, async ({ state }) => {
        kept.push(`checkpoint of ${stepsOf(state)}`)
        return E.right(undefined)
      }),
    ])

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'ends training at a loss of %d before anything of that step is kept',
    async (loss) => {
      const kept: string[] = []
      const ended = await train({ epochs: 3, task: diverging(6, loss) }, guarded(kept))
      expect(ended).toEqual(
        E.left({
          _tag: 'Diverged',
          message: `epoch 2, step 2: a finite loss is required, got ${loss}. Start again with a smaller learning rate; runs/a/checkpoint is from before.`,
        }),
      )
      expect(kept.at(-1)).toBe('checkpoint of 5')
    },
  )

  it('ends training at a validation loss that is no number, before it is the best', async () => {
    const kept: string[] = []
    const ended = await train({ epochs: 3, judged: [2, Number.NaN, 1] }, guarded(kept))
    expect(E.isLeft(ended) && ended.left.message).toMatch(/^epoch 2, validation: a finite loss .* got NaN/)
    expect(kept.slice(3)).toEqual([
      'checkpoint of 3',
      'best of 4',
      'checkpoint of 4',
      'checkpoint of 5',
      'checkpoint of 6',
      'checkpoint of 7',
    ])
  })

  it('lets all others pass', async () => {
    expect(right(await train({ epochs: 2, judged: [2, 1] }, guarded([]))).ending).toBe('finished')
  })
})

/** A history is a record of arrays of its own: what is kept does not grow with the run. */
describe('TrainEvent.position', () => {
  it('is a copy', async () => {
    const kept: History[] = []
    const callback: TrainCallback<Seen> = {
      onStep: async ({ position }) => {
        kept.push(position().history)
        return goOn
      },
    }
    right(await train({ epochs: 1 }, callback))
    expect(kept.map(({ weights }) => weights.length)).toEqual([1, 2, 3, 4])
  })
})
