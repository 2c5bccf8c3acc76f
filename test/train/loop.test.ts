import { setImmediate } from 'node:timers'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { epochOrder } from '../../src/data/epochOrder.js'
import { np } from '../../src/index.js'
import type { Position, TrainCallback } from '../../src/train/callback.js'
import { judgeAll } from '../../src/train/evaluate.js'
import type { Failure } from '../../src/train/failure.js'
import { type LoopOptions, type LoopResult, trainingLoop } from '../../src/train/loop.js'
import type { Task } from '../../src/train/task.js'
import {
  type CountingFigures,
  countingTask,
  fresh,
  type Numbers,
  numbers,
  plainPosition,
  right,
  type Seen,
} from './countingTask.js'

type Job = {
  readonly count: number
  readonly batchSize: number
  readonly epochs: number
  readonly validated: boolean
}
const job: fc.Arbitrary<Job> = fc.record({
  count: fc.integer({ min: 1, max: 20 }),
  batchSize: fc.integer({ min: 1, max: 7 }),
  epochs: fc.integer({ min: 1, max: 4 }),
  validated: fc.boolean(),
})

const rotated = (epoch: number): Uint32Array => Uint32Array.from({ length: 7 }, (_, i) => (i + epoch) % 7)

type Counted = TrainCallback<Seen, CountingFigures>
const failure = (message: string): E.Either<Failure, never> => E.left({ _tag: 'Test', message })

/** What every loop is run with, unless it says otherwise. */
const plain = (count: number): LoopOptions<Seen, Numbers, CountingFigures> => ({
  train: numbers(count),
  batchSize: 2,
  epochs: 1,
  seed: 0,
  start: fresh(),
  signal: new AbortController().signal,
  now: () => 0,
  callback: {},
})

type Run = { readonly result: E.Either<Failure, LoopResult<Seen>>; readonly trace: readonly string[] }

/** Trains, and stops in the `cut`-th step or judgement of this process; the trace has what hooks were told. */
const run = async (
  { count, batchSize, epochs, validated }: Job,
  start: Position<Seen> = fresh(),
  cut = Number.POSITIVE_INFINITY,
  more: Counted = {},
): Promise<Run> => {
  const stop = new AbortController()
  let done = 0
  const task = countingTask(() => {
    if (done++ === cut) stop.abort()
  })
  const trace: string[] = []
  const say = (name: string, event: object) => trace.push(`${name} ${JSON.stringify(event)}`)
  const traced =
    <A extends object>(name: string, hook?: (event: A) => ReturnType<NonNullable<Counted['onEnd']>>) =>
    async (event: A) => {
      say(name, event)
      return (await hook?.(event)) ?? 'go on'
    }
  const judging = { batchSize: 2, signal: stop.signal }
  const result = await trainingLoop(task, {
    ...plain(count),
    batchSize,
    epochs,
    start,
    ...(validated ? { validate: (state: Seen) => judgeAll(task, state, numbers(5, 1), judging) } : {}),
    signal: stop.signal,
    callback: {
      onStart: traced('start', more.onStart),
      onEpochStart: traced('epoch start', more.onEpochStart),
      onStep: traced('step', more.onStep),
      onEpochEnd: traced('epoch', more.onEpochEnd),
      onInterrupt: traced('interrupt', more.onInterrupt),
      onEnd: async () => {
        say('end', {})
        return (await more.onEnd?.()) ?? 'go on'
      },
    },
  })
  return { result, trace }
}

const reached = ({ result }: Run) => plainPosition(right(result).position)
const namesOf = ({ trace }: Run) => trace.map((line) => line.split(' {')[0])

/** What was learnt and judged, without where processes began and ended. */
const work = (trace: readonly string[]) => trace.filter((line) => /^(step|epoch) \{/.test(line))

describe('the loop', () => {
  it('stopped anywhere and resumed, any number of times, is one that was not, to the bit', async () => {
    const cuts = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(job, cuts, async (job, cuts) => {
        const whole = await run(job)
        let position = fresh()
        const traces: string[] = []
        for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
          const part = await run(job, position, cut)
          const { ending, position: there } = right(part.result)
          traces.push(...part.trace)
          expect(part.trace.filter((line) => line.startsWith('interrupt'))).toHaveLength(
            ending === 'interrupted' ? 1 : 0,
          )
          position = there
        }
        expect(plainPosition(position)).toEqual(reached(whole))
        expect(work(traces)).toEqual(work(whole.trace))
      }),
      { numRuns: 150 },
    )
  })

  it('judges an epoch that was interrupted before it was judged exactly once, after the start', async () => {
    const job = { count: 4, batchSize: 2, epochs: 2, validated: true }
    const first = await run(job, fresh(), 3) // two steps, then within the first judgement
    expect(namesOf(first)).toEqual(['start', 'epoch start', 'step', 'step', 'interrupt', 'end'])
    const { position } = right(first.result)
    expect(position.history.weights).toHaveLength(2)
    expect(position.history.validation).toEqual({})
    const second = await run(job, position)
    expect(namesOf(second)).toEqual(['start', 'epoch', 'epoch start', 'step', 'step', 'epoch', 'end'])
    expect(second.trace[0]).toMatch(/"epoch":0,"epochs":2,"doneSteps":2/)
    expect(right(second.result).position.history.validation['loss']).toHaveLength(2)
  })

  it.each([
    ['of the seed', undefined],
    ['of the dataset', ({ epoch }: { readonly epoch: number }) => rotated(epoch)],
  ])(
    'shows each example once an epoch, in the order %s, the rest in the last batch',
    async (_whose, order) => {
      const cases = fc.record({ batchSize: fc.integer({ min: 1, max: 9 }), seed: fc.nat(3) })
      await fc.assert(
        fc.asyncProperty(cases, async ({ batchSize, seed }) => {
          const seen: number[][] = []
          const task = countingTask((_what, { indices }) => {
            seen.push([...indices])
          })
          const own = order === undefined ? {} : { order }
          const train = { ...numbers(7), ...own }
          await trainingLoop(task, { ...plain(7), train, batchSize, seed, epochs: 3 })
          const perEpoch = Math.ceil(7 / batchSize)
          expect(seen).toHaveLength(3 * perEpoch)
          for (let epoch = 0; epoch < 3; epoch++) {
            const batches = seen.slice(epoch * perEpoch, (epoch + 1) * perEpoch)
            expect(batches.flat()).toEqual([...(order?.({ epoch }) ?? epochOrder(7, { seed, epoch }))])
            expect(batches.slice(0, -1).every((batch) => batch.length === batchSize)).toBe(true)
          }
        }),
        { numRuns: 20 },
      )
    },
  )

  it('tells a dataset the seed and the epoch, and refuses an order that is not of all its examples', async () => {
    const asked: object[] = []
    const order = (length: number) => ({
      ...numbers(4),
      order: (epoch: object) => {
        asked.push(epoch)
        return new Uint32Array(length)
      },
    })
    right(await trainingLoop(countingTask(), { ...plain(4), train: order(4), seed: 9, epochs: 2 }))
    expect(asked).toEqual([
      { seed: 9, epoch: 0 },
      { seed: 9, epoch: 1 },
    ])
    await expect(trainingLoop(countingTask(), { ...plain(4), train: order(3) })).rejects.toThrow(
      'fit: an order of the 4 examples is required of the dataset, got 3.',
    )
  })

  it('tells the means and the examples of the epoch so far', async () => {
    const { trace } = await run({ count: 7, batchSize: 3, epochs: 2, validated: false })
    const events = trace.flatMap((line) => (line.startsWith('step ') ? [JSON.parse(line.slice(5))] : []))
    expect(events.map((e) => e.doneExamples)).toEqual([3, 6, 7, 3, 6, 7])
    expect(events.every((e) => e.examples === 7 && e.epochs === 2 && e.stepsPerEpoch === 3)).toBe(true)
    for (const name of ['loss', 'accuracy']) {
      const [a, b, c] = events.slice(3).map((e) => e.figures[name])
      expect(events[3].means[name]).toBeCloseTo(a, 9)
      expect(events[5].means[name]).toBeCloseTo((3 * a + 3 * b + c) / 7, 9)
    }
  })

  it('has nothing to do where all epochs are done', async () => {
    const job = { count: 5, batchSize: 2, epochs: 2, validated: true }
    const { position } = right((await run(job)).result)
    const again = await run(job, position)
    expect(namesOf(again)).toEqual(['start', 'end'])
    expect(right(again.result)).toMatchObject({ ending: 'finished', trainedExamples: 0 })
    expect(reached(again)).toEqual(plainPosition(position))
  })

  it('closes all where a step throws, and throws on', async () => {
    const ended: string[] = []
    const broken = countingTask(() => {
      throw new Error('lost the device')
    })
    const callback: Counted = {
      onEnd: () => {
        ended.push('end')
      },
    }
    await expect(trainingLoop(broken, { ...plain(4), callback })).rejects.toThrow('lost the device')
    expect(ended).toEqual(['end'])
  })

  it('lets the event loop turn at every step', async () => {
    let turns = 0
    let running = true
    const turn = (): void => {
      turns++
      if (running) setImmediate(turn)
    }
    setImmediate(turn)
    await run({ count: 20, batchSize: 1, epochs: 2, validated: false })
    running = false
    expect(turns).toBeGreaterThanOrEqual(40)
  })
})

it('refuses figures without a loss', async () => {
  const lossless = { ...countingTask(), step: (state: Seen) => ({ state, figures: { error: 1 } }) }
  // @ts-expect-error: types refuse it, too
  await expect(trainingLoop(lossless, { ...plain(4), callback: {} })).rejects.toThrow(
    'fit: a loss is required among the figures of a batch, got error. Give figures: { loss }.',
  )
})

describe('hooks', () => {
  const hooks = ['onStart', 'onEpochStart', 'onStep', 'onEpochEnd'] as const
  const stops = {
    "'stop'": () => 'stop',
    'a promise of it': async () => 'stop',
    'it as a value': () => E.right('stop'),
    'a promise of it as a value': async () => E.right('stop'),
  } as const
  const job = { count: 5, batchSize: 2, epochs: 2, validated: true }

  it.each(hooks.flatMap((hook) => Object.entries(stops).map(([name, stop]) => [hook, name, stop] as const)))(
    'end training where %s gives %s, and it can be resumed from there',
    async (hook, _name, stop) => {
      const stopped = await run(job, fresh(), undefined, { [hook]: stop })
      const { ending, position } = right(stopped.result)
      expect(ending).toBe('stopped')
      expect(stopped.trace.at(-1)).toMatch(/^end/)
      const steps = { onStart: 0, onEpochStart: 0, onStep: 1, onEpochEnd: 3 }
      expect(position.history.weights).toHaveLength(steps[hook])
      expect(reached(await run(job, position))).toEqual(reached(await run(job)))
    },
  )

  it('go on where they give nothing, go on, or promises of these', async () => {
    const told: string[] = []
    const callback: Counted = {
      onStart: () => {
        told.push('start')
      },
      onEpochStart: () => 'go on',
      onStep: async () => {
        told.push('step')
      },
      onEpochEnd: async () => E.right('go on'),
      onEnd: () => {},
    }
    const { ending } = right(await trainingLoop(countingTask(), { ...plain(4), callback }))
    expect(ending).toBe('finished')
    expect(told).toEqual(['start', 'step', 'step'])
  })

  it.each([...hooks, 'onInterrupt'] as const)(
    'end training with the failure of %s, and all is closed',
    async (hook) => {
      const cut = hook === 'onInterrupt' ? 1 : undefined
      const ended = await run(job, fresh(), cut, {
        [hook]: async () => failure('full'),
        onEnd: async () => failure('later'),
      })
      expect(ended.result).toEqual(failure('full'))
      expect(ended.trace.at(-1)).toMatch(/^end/)
      const names = { onStart: 'start', onEpochStart: 'epoch start', onStep: 'step', onEpochEnd: 'epoch' }
      expect(namesOf(ended).at(-2)).toBe(hook === 'onInterrupt' ? 'interrupt' : names[hook])
    },
  )

  it.each([...hooks, 'onInterrupt'] as const)('throw on what %s throws, and all is closed', async (hook) => {
    const ended: string[] = []
    const throwing = run(job, fresh(), hook === 'onInterrupt' ? 1 : undefined, {
      [hook]: () => {
        throw new Error('a bug of somebody')
      },
      onEnd: () => {
        ended.push('end')
      },
    })
    await expect(throwing).rejects.toThrow('a bug of somebody')
    expect(ended).toEqual(['end'])
  })

  it('hand back what could not be closed', async () => {
    const more: Counted = { onEnd: async () => failure('open') }
    expect((await run({ ...job, epochs: 1 }, fresh(), undefined, more)).result).toEqual(failure('open'))
  })
})

describe('the figures of a step', () => {
  const task = (measured: (step: number) => object): Task<Seen, Numbers> => {
    const counting = countingTask()
    let steps = 0
    return {
      name: 'figures',
      init: counting.init,
      step: async (state, batch) => ({
        figures: { loss: 0 },
        ...measured(steps++),
        state: (await counting.step(state, batch)).state,
      }),
    }
  }
  const historyOf = async (measured: (step: number) => object, epochs = 1) => {
    const means: object[] = []
    const result = await trainingLoop(task(measured), {
      ...plain(5),
      epochs,
      callback: {
        onEpochEnd: (event) => {
          means.push(event.means)
        },
      },
    })
    return { history: right(result).position.history, means }
  }

  it('may be numbers or tensors of one element', async () => {
    const { history } = await historyOf((step) => ({
      figures: { loss: np.array(step + 0.5), error: np.array([[step]]), plain: step * 2 },
    }))
    expect(history.steps).toEqual({
      loss: Float64Array.of(0.5, 1.5, 2.5),
      error: Float64Array.of(0, 1, 2),
      plain: Float64Array.of(0, 2, 4),
    })
  })

  it('weigh the number of examples in means', async () => {
    const { history, means } = await historyOf((step) => ({ figures: { loss: step } }))
    expect(history.weights).toEqual(Float64Array.of(2, 2, 1))
    expect(means).toEqual([{ loss: (0 * 2 + 1 * 2 + 2 * 1) / 5 }])
  })

  it.each([
    ['a number', (n: number) => n],
    ['a tensor', (n: number) => np.array(n)],
  ] as const)('weigh what the step says in means, as %s', async (_kind, of) => {
    const tokens = [7, 1, 12]
    const { history, means } = await historyOf((step) => ({
      figures: { loss: step },
      weight: of(tokens[step]),
    }))
    expect(history.weights).toEqual(Float64Array.from(tokens))
    expect(means).toEqual([{ loss: (0 * 7 + 1 * 1 + 2 * 12) / 20 }])
  })

  it.each([
    ['more', { loss: 1, error: 2, other: 3 }, 'loss, error, other'],
    ['fewer', { loss: 1 }, 'loss'],
    ['others', { loss: 1, wrong: 2 }, 'loss, wrong'],
  ])('are refused where there are %s than at the first step', async (_how, later, got) => {
    const first = { loss: 1, error: 2 }
    await expect(historyOf((step) => ({ figures: step < 2 ? first : later }))).rejects.toThrow(
      `fit: the figures loss, error are required of every step, as of the first, got ${got}.`,
    )
  })

  it('may come in another order', async () => {
    const { history } = await historyOf((step) => ({
      figures: step === 1 ? { error: 5, loss: 6 } : { loss: 1, error: 2 },
    }))
    expect(history.steps).toEqual({ loss: Float64Array.of(1, 6, 1), error: Float64Array.of(2, 5, 2) })
  })
})
