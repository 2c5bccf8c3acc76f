import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { concatAll } from 'fp-ts/lib/Monoid.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { progressBar } from '../../../jobs/src/progress/progressBar.js'
import { countingLearner, type Seen, tinyImages } from '../../../jobs/test/images/run/countingLearner.js'
import { callbackMonoid, goOn, type Position, type TrainCallback } from '../../../src/train/callback.js'
import { checkpointing } from '../../../src/train/callbacks/checkpointing.js'
import { bestEpoch, earlyStopping } from '../../../src/train/callbacks/earlyStopping.js'
import { finiteLoss } from '../../../src/train/callbacks/finiteLoss.js'
import { fit } from '../../../src/train/fit.js'
import { emptyHistory, type History, stepsPerEpoch } from '../../../src/train/history.js'
import type { Learner } from '../../../src/train/learner.js'

type Failed = { readonly _tag: string; readonly message: string }
type Training = {
  readonly count?: number
  readonly batchSize?: number
  readonly epochs: number
  readonly start?: Position<Seen>
  readonly learner?: Learner<Seen>
  /** The validation loss of each epoch. */
  readonly judged?: readonly number[]
  /** The step of this process that is the last, as when somebody asks to stop. */
  readonly cut?: number
}

const fresh: Position<Seen> = { state: countingLearner().init, history: emptyHistory }

const train = async (
  { count = 7, batchSize = 2, epochs, start = fresh, learner = countingLearner(), judged, cut }: Training,
  callback: TrainCallback<Seen, Failed>,
) => {
  const stop = new AbortController()
  let steps = 0
  const set = tinyImages(count)
  let epoch = start.history.validationLoss.length
  return fit<Seen, Failed>(
    {
      ...learner,
      step: (state, batch) => {
        if (++steps === cut) stop.abort()
        return learner.step(state, batch)
      },
    },
    {
      set,
      batchSize,
      epochs,
      start,
      ...(judged === undefined
        ? {}
        : { validate: async () => O.some({ examples: 1, loss: judged[epoch++], accuracy: 0.5 }) }),
      signal: stop.signal,
      now: () => 0,
      callback,
    },
  )
}

const right = <A>(result: E.Either<Failed, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}

describe('checkpointing', () => {
  const plan = { count: fc.integer({ min: 1, max: 12 }), batchSize: fc.integer({ min: 1, max: 5 }) }

  it('saves before the first step, at every n-th and after each epoch, once each', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ ...plan, every: fc.integer({ min: 1, max: 9 }), epochs: fc.integer({ min: 1, max: 4 }) }),
        async ({ count, batchSize, every, epochs }) => {
          const saved: (readonly [number, number])[] = []
          const callback = checkpointing<Seen, Failed>(every, async ({ state, history }, epoch) => {
            expect(state.steps).toBe(history.loss.length)
            saved.push([history.loss.length, epoch])
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
    const callback = checkpointing<Seen, Failed>(100, async (position) => {
      saved.push(position)
      return E.right(undefined)
    })
    right(await train({ epochs: 2, cut: 3 }, callback))
    expect(saved.map(({ history }) => history.loss.length)).toEqual([0, 3])
    right(await train({ epochs: 2, start: saved[1] }, callback))
    expect(saved.map(({ history }) => history.loss.length)).toEqual([0, 3, 4, 8])
  })

  it('ends training where it cannot save', async () => {
    const failure = { _tag: 'IoSystemError', message: 'full' }
    const callback = checkpointing<Seen, Failed>(3, async ({ history }) =>
      history.loss.length < 3 ? E.right(undefined) : E.left(failure),
    )
    const seen: number[] = []
    const counting: TrainCallback<Seen, Failed> = {
      onStep: async ({ doneSteps }) => {
        seen.push(doneSteps)
        return goOn
      },
    }
    const both = callbackMonoid<Seen, Failed>().concat(counting, callback)
    expect(await train({ epochs: 1 }, both)).toEqual(E.left(failure))
    expect(seen).toEqual([1, 2, 3])
  })
})

const losses = fc.array(
  fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 3 }) }, fc.constant(Number.NaN)),
  { minLength: 1, maxLength: 9 },
)

describe('bestEpoch', () => {
  it('is the first of the least, whatever is no number', () => {
    fc.assert(
      fc.property(losses, (losses) => {
        const numbers = losses.filter((loss) => !Number.isNaN(loss))
        expect(bestEpoch(losses)).toBe(losses.indexOf(Math.min(...numbers)))
      }),
    )
    expect(bestEpoch([])).toBe(-1)
    expect(bestEpoch([Number.NaN, 2, 1, 1])).toBe(2)
    expect(bestEpoch([Number.NaN])).toBe(-1)
  })
})

describe('earlyStopping', () => {
  const patience = fc.option(fc.integer({ min: 1, max: 4 }))
  const stopping = (patience: number | null, kept: number[]) =>
    earlyStopping<Seen, Failed>(patience, async ({ steps }) => {
      kept.push(steps / 4) // there are four steps an epoch
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
      fc.asyncProperty(losses, patience, async (losses, patience) => {
        const kept: number[] = []
        const result = await train({ epochs: losses.length, judged: losses }, stopping(patience, kept))
        const { ending, position } = right(result)
        const epochs = position.history.validationLoss.length
        expect({ epochs, kept, ending }).toEqual(oracle(losses, patience))
      }),
    )
  })

  it('stops where the run would that was not interrupted', async () => {
    const cut = fc.integer({ min: 1, max: 36 })
    await fc.assert(
      fc.asyncProperty(losses, patience, cut, async (losses, patience, cut) => {
        const kept: number[] = []
        const training = { epochs: losses.length, judged: losses }
        const first = right(await train({ ...training, cut }, stopping(patience, kept)))
        const second = right(await train({ ...training, start: first.position }, stopping(patience, kept)))
        const epochs = second.position.history.validationLoss.length
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
    const callback = earlyStopping<Seen, Failed>(1, async () => E.left(failure))
    expect(await train({ epochs: 2, judged: [1, 2] }, callback)).toEqual(E.left(failure))
  })

  it('does nothing without validation', async () => {
    const kept: number[] = []
    expect(right(await train({ epochs: 3 }, stopping(1, kept))).ending).toBe('finished')
    expect(kept).toEqual([])
  })
})

describe('finiteLoss', () => {
  const learner = countingLearner()
  const diverging = (at: number, loss: number): Learner<Seen> => ({
    ...learner,
    step: async (state, batch) => {
      const stepped = await learner.step(state, batch)
      return stepped.state.steps === at ? { ...stepped, loss } : stepped
    },
  })
  const guarded = (kept: string[]) =>
    concatAll(callbackMonoid<Seen, Failed>())([
      finiteLoss('runs/a/checkpoint'),
      earlyStopping(null, async ({ steps }) => {
        kept.push(`best of ${steps}`)
        return E.right(undefined)
      }),
      checkpointing(1, async ({ state }) => {
        kept.push(`checkpoint of ${state.steps}`)
        return E.right(undefined)
      }),
    ])

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'ends training at a loss of %d before anything of that step is kept',
    async (loss) => {
      const kept: string[] = []
      const ended = await train({ epochs: 3, learner: diverging(6, loss) }, guarded(kept))
      expect(ended).toEqual(
        E.left({
          _tag: 'Diverged',
          message: `epoch 2, step 2: a finite loss is required, got ${loss}. Start again with a smaller --lr; runs/a/checkpoint is from before.`,
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

describe('progressBar', () => {
  const bar = (plan = { examples: 7, batchSize: 2 }) => {
    const said: string[] = []
    const drawn: string[] = []
    const stream = {
      write: (text: string | Uint8Array) => {
        drawn.push(String(text))
        return true
      },
    }
    const callback = progressBar<Seen, Failed>({
      epochs: 2,
      plan,
      stream,
      print: (line) => said.push(line),
      now: () => 0,
    })
    return { said, drawn, callback }
  }

  it('says a line an epoch, of one that was resumed the same', async () => {
    const whole = bar()
    right(await train({ epochs: 2, judged: [1.5, 0.25] }, whole.callback))
    expect(whole.said).toHaveLength(2)
    expect(whole.said[0]).toMatch(
      /^epoch 1\/2 {2}loss \d+\.\d{4} {2}accuracy [01]\.\d{4} {2}validation loss 1\.5000 {2}accuracy 0\.5000 {2}0\.0 s$/,
    )
    const [first, second] = [bar(), bar()]
    const { position } = right(await train({ epochs: 2, judged: [1.5, 0.25], cut: 6 }, first.callback))
    right(await train({ epochs: 2, judged: [1.5, 0.25], start: position }, second.callback))
    expect([...first.said, ...second.said]).toEqual(whole.said)
    const figures = (drawn: readonly string[]) => drawn.map((line) => line.split('  ').slice(0, 4).join('  '))
    expect(figures([...first.drawn, ...second.drawn])).toEqual(figures(whole.drawn))
  })
})

/** A history is a record of arrays of its own: what is kept does not grow with the run. */
describe('TrainEvent.position', () => {
  it('is a copy', async () => {
    const kept: History[] = []
    const callback: TrainCallback<Seen, Failed> = {
      onStep: async ({ position }) => {
        kept.push(position().history)
        return goOn
      },
    }
    right(await train({ epochs: 1 }, callback))
    expect(kept.map(({ loss }) => loss.length)).toEqual([1, 2, 3, 4])
  })
})
