import { setImmediate } from 'node:timers'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { evaluate, figuresOf } from '../../jobs/src/images/models/evaluate.js'
import { countingLearner, type Seen, tinyImages } from '../../jobs/test/images/run/countingLearner.js'
import type { Position, TrainCallback } from '../../src/train/callback.js'
import { type FitResult, fit } from '../../src/train/fit.js'
import { emptyHistory } from '../../src/train/history.js'

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

const fresh: Position<Seen> = { state: countingLearner().init, history: emptyHistory }
const validationSet = tinyImages(5, 1)

type Run = { readonly result: E.Either<string, FitResult<Seen>>; readonly trace: readonly string[] }

/** Trains, and stops in the `cut`-th step or judgement of this process; the trace has what hooks were told. */
const run = async (
  { count, batchSize, epochs, validated }: Job,
  start: Position<Seen>,
  cut = Number.POSITIVE_INFINITY,
  more: TrainCallback<Seen, string> = {},
): Promise<Run> => {
  const stop = new AbortController()
  let done = 0
  const learner = countingLearner(() => {
    if (done++ === cut) stop.abort()
  })
  const trace: string[] = []
  const say = (name: string, event: object) => trace.push(`${name} ${JSON.stringify(event)}`)
  const traced =
    <A extends object>(name: string, hook?: (event: A) => Promise<E.Either<string, 'go on' | 'stop'>>) =>
    async (event: A) => {
      say(name, event)
      return (await hook?.(event)) ?? E.right('go on' as const)
    }
  const result = await fit<Seen, string>(learner, {
    set: tinyImages(count),
    batchSize,
    epochs,
    start,
    ...(validated
      ? {
          validate: async (state: Seen) => {
            const judging = { set: validationSet, batchSize: 2, signal: stop.signal }
            const judged = await evaluate(learner, state, judging)
            return O.isNone(judged) ? O.none : O.some(figuresOf(validationSet, judged.value))
          },
        }
      : {}),
    signal: stop.signal,
    now: () => 0,
    callback: {
      onStart: traced('start', more.onStart),
      onEpochStart: traced('epoch start', more.onEpochStart),
      onStep: traced('step', more.onStep),
      onEpochEnd: traced('epoch', more.onEpochEnd),
      onInterrupt: traced('interrupt', more.onInterrupt),
      onEnd: async () => {
        say('end', {})
        return (await more.onEnd?.()) ?? E.right('go on')
      },
    },
  })
  return { result, trace }
}

const right = <A>(result: E.Either<string, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left)
  return result.right
}

/** What was learnt and judged, without where processes began and ended. */
const work = (trace: readonly string[]) => trace.filter((line) => /^(step|epoch) \{/.test(line))

describe('fit', () => {
  it('stopped anywhere and resumed, any number of times, is one that was not, to the bit', async () => {
    const cuts = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(job, cuts, async (job, cuts) => {
        const whole = await run(job, fresh)
        let position = fresh
        const traces: string[] = []
        for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
          const part = await run(job, position, cut)
          const { ending, position: reached } = right(part.result)
          traces.push(...part.trace)
          expect(part.trace.filter((line) => line.startsWith('interrupt'))).toHaveLength(
            ending === 'interrupted' ? 1 : 0,
          )
          position = reached
        }
        expect(position).toEqual(right(whole.result).position)
        expect(work(traces)).toEqual(work(whole.trace))
      }),
      { numRuns: 150 },
    )
  })

  it('judges an epoch that was interrupted before it was judged exactly once, after the start', async () => {
    const job = { count: 4, batchSize: 2, epochs: 2, validated: true }
    const first = await run(job, fresh, 3) // two steps, then within the first judgement
    expect(first.trace.map((line) => line.split(' {')[0])).toEqual([
      'start',
      'epoch start',
      'step',
      'step',
      'interrupt',
      'end',
    ])
    const { position } = right(first.result)
    expect([position.history.loss.length, position.history.validationLoss.length]).toEqual([2, 0])
    const second = await run(job, position)
    expect(second.trace.map((line) => line.split(' {')[0])).toEqual([
      'start',
      'epoch',
      'epoch start',
      'step',
      'step',
      'epoch',
      'end',
    ])
    expect(second.trace[0]).toMatch(/"epoch":0,"doneSteps":2/)
    expect(right(second.result).position.history.validationLoss).toHaveLength(2)
  })

  it('shows each image once an epoch, in the learner’s order, the rest in the last batch', async () => {
    await fc.assert(
      fc.asyncProperty(job, async ({ count, batchSize, epochs }) => {
        const seen: number[][] = []
        const learner = countingLearner((_what, batch) => {
          seen.push([...batch.indices])
        })
        await fit<Seen, string>(learner, {
          set: tinyImages(count),
          batchSize,
          epochs,
          start: fresh,
          signal: new AbortController().signal,
          now: () => 0,
          callback: {},
        })
        const perEpoch = Math.ceil(count / batchSize)
        expect(seen).toHaveLength(epochs * perEpoch)
        for (let epoch = 0; epoch < epochs; epoch++) {
          const batches = seen.slice(epoch * perEpoch, (epoch + 1) * perEpoch)
          expect(batches.flat()).toEqual([...learner.order(epoch, count)])
          expect(batches.slice(0, -1).every((batch) => batch.length === batchSize)).toBe(true)
        }
      }),
    )
  })

  it('tells the figures of the epoch so far', async () => {
    const { trace } = await run({ count: 7, batchSize: 3, epochs: 2, validated: false }, fresh)
    const events = trace.flatMap((line) => (line.startsWith('step ') ? [JSON.parse(line.slice(5))] : []))
    expect(events.map((e) => e.figures.examples)).toEqual([3, 6, 7, 3, 6, 7])
    const [a, b, c] = events.slice(3).map((e) => e.loss)
    expect(events[5].figures.loss).toBeCloseTo((3 * a + 3 * b + c) / 7, 9)
  })

  it('has nothing to do where all epochs are done', async () => {
    const job = { count: 5, batchSize: 2, epochs: 2, validated: true }
    const { position } = right((await run(job, fresh)).result)
    const again = await run(job, position)
    expect(again.trace.map((line) => line.split(' {')[0])).toEqual(['start', 'end'])
    expect(right(again.result)).toMatchObject({ ending: 'finished', trainedExamples: 0, position })
  })

  it.each(['onStart', 'onEpochStart', 'onStep', 'onEpochEnd'] as const)(
    'stops where %s says so, and can be resumed from there',
    async (hook) => {
      const job = { count: 5, batchSize: 2, epochs: 2, validated: true }
      const stopped = await run(job, fresh, undefined, { [hook]: async () => E.right('stop' as const) })
      const { ending, position } = right(stopped.result)
      expect(ending).toBe('stopped')
      expect(stopped.trace.at(-1)).toMatch(/^end/)
      const steps = { onStart: 0, onEpochStart: 0, onStep: 1, onEpochEnd: 3 }
      expect(position.history.loss).toHaveLength(steps[hook])
      const resumed = await run(job, position)
      expect(right(resumed.result).position).toEqual(right((await run(job, fresh)).result).position)
    },
  )

  it.each(['onStart', 'onEpochStart', 'onStep', 'onEpochEnd', 'onInterrupt'] as const)(
    'ends with the failure of %s, and all is closed',
    async (hook) => {
      const job = { count: 5, batchSize: 2, epochs: 2, validated: true }
      const cut = hook === 'onInterrupt' ? 1 : undefined
      const { result, trace } = await run(job, fresh, cut, {
        [hook]: async () => E.left('full'),
        onEnd: async () => E.left('later'),
      })
      expect(result).toEqual(E.left('full'))
      expect(trace.at(-1)).toMatch(/^end/)
      const name = { onStart: 'start', onEpochStart: 'epoch start', onStep: 'step', onEpochEnd: 'epoch' }
      expect(trace.at(-2)).toMatch(new RegExp(`^${hook === 'onInterrupt' ? 'interrupt' : name[hook]} \\{`))
    },
  )

  it('hands back what could not be closed', async () => {
    const job = { count: 5, batchSize: 2, epochs: 1, validated: false }
    expect((await run(job, fresh, undefined, { onEnd: async () => E.left('open') })).result).toEqual(
      E.left('open'),
    )
  })

  it('closes all where a step throws, and throws on', async () => {
    const ended: string[] = []
    const broken = countingLearner(() => {
      throw new Error('lost the device')
    })
    const training = fit<Seen, string>(broken, {
      set: tinyImages(4),
      batchSize: 2,
      epochs: 1,
      start: fresh,
      signal: new AbortController().signal,
      now: () => 0,
      callback: {
        onEnd: async () => {
          ended.push('end')
          return E.right('go on')
        },
      },
    })
    await expect(training).rejects.toThrow('lost the device')
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
    await run({ count: 20, batchSize: 1, epochs: 2, validated: false }, fresh)
    running = false
    expect(turns).toBeGreaterThanOrEqual(40)
  })
})
