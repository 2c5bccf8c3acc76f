import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { concatAll } from 'fp-ts/lib/Monoid.js'
import { describe, expect, it } from 'vitest'
import {
  answerOf,
  callbackMonoid,
  type EpochEvent,
  type Hook,
  type StepEvent,
  type TrainCallback,
  type TrainEvent,
  type Verdict,
} from '../../src/train/callback.js'
import type { Failure } from '../../src/train/failure.js'
import { emptyHistory } from '../../src/train/history.js'
import type { Figures } from '../../src/train/task.js'

type Said = E.Either<Failure, Verdict>
const hooks = ['onStart', 'onEpochStart', 'onStep', 'onEpochEnd', 'onInterrupt', 'onEnd'] as const
type HookName = (typeof hooks)[number]

/** What a callback says at each event; `null` where it has no hook. */
type Plan = Readonly<Record<HookName, Said | null>>

const said: fc.Arbitrary<Said | null> = fc.oneof(
  fc.constant(null),
  fc.constantFrom<Said>(E.right('go on'), E.right('stop')),
  fc.integer({ min: 0, max: 99 }).map((n): Said => E.left({ _tag: 'Test', message: `failure ${n}` })),
)
const plan: fc.Arbitrary<Plan> = fc.record({
  onStart: said,
  onEpochStart: said,
  onStep: said,
  onEpochEnd: said,
  onInterrupt: said,
  onEnd: said,
})

/** An answer in each way that a hook may give it: as a value or by a word, at once or later, nothing in place of `go on`. */
const ways = (says: Said): readonly ReturnType<Hook<null>>[] => [
  says,
  Promise.resolve(says),
  ...(E.isLeft(says) ? [] : [says.right, Promise.resolve(says.right)]),
  ...(E.isRight(says) && says.right === 'go on' ? [undefined, Promise.resolve()] : []),
]

const callbackOf = (name: string, plan: Plan, log: string[]): TrainCallback<null> =>
  Object.fromEntries(
    hooks.flatMap((hook) => {
      const says = plan[hook]
      if (says === null) return []
      return [
        [
          hook,
          async () => {
            await Promise.resolve() // a hook that takes its time is waited for
            log.push(`${name}.${hook}`)
            return says
          },
        ],
      ]
    }),
  )

const event: TrainEvent<null> = {
  epoch: 0,
  epochs: 1,
  doneSteps: 1,
  stepsPerEpoch: 2,
  doneExamples: 3,
  examples: 5,
  position: () => ({ state: null, history: emptyHistory }),
}
const figures = { loss: 1, accuracy: 0 }
const stepEvent: StepEvent<null> = { ...event, figures, means: figures }
const epochEvent: EpochEvent<null> = { ...event, means: figures, validation: null, seconds: 0 }

/** What each hook says, and in which order its parts were asked. */
const behaviour = async (make: (log: string[]) => TrainCallback<null>) => {
  const log: string[] = []
  const { onStart, onEpochStart, onStep, onEpochEnd, onInterrupt, onEnd } = make(log)
  const asked = [
    await onStart?.(event),
    await onEpochStart?.(event),
    await onStep?.(stepEvent),
    await onEpochEnd?.(epochEvent),
    await onInterrupt?.(event),
    await onEnd?.(),
  ]
  return { asked: asked.map((answer) => answer ?? null), log }
}

const { empty, concat } = callbackMonoid<null, Figures>()

describe('callbackMonoid', () => {
  it('has the empty callback as its identity, and is associative', async () => {
    await fc.assert(
      fc.asyncProperty(plan, plan, plan, async (p, q, r) => {
        const a = (log: string[]) => callbackOf('a', p, log)
        const b = (log: string[]) => callbackOf('b', q, log)
        const c = (log: string[]) => callbackOf('c', r, log)
        const alone = await behaviour(a)
        expect(await behaviour((log) => concat(empty, a(log)))).toEqual(alone)
        expect(await behaviour((log) => concat(a(log), empty))).toEqual(alone)
        expect(await behaviour((log) => concat(concat(a(log), b(log)), c(log)))).toEqual(
          await behaviour((log) => concat(a(log), concat(b(log), c(log)))),
        )
      }),
    )
  })

  it('asks in order up to the first failure, at the end all, and stops if any says so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { maxLength: 5 }), async (plans) => {
        const expected = hooks.map((hook) => {
          const there = plans.flatMap((p, i) => {
            const says = p[hook]
            return says === null ? [] : [{ name: `${i}.${hook}`, says }]
          })
          const failing = there.findIndex(({ says }) => E.isLeft(says))
          const reached = failing < 0 || hook === 'onEnd' ? there : there.slice(0, failing + 1)
          const stops = there.some(({ says }) => E.isRight(says) && says.right === 'stop')
          const answer: Said | null =
            there.length === 0 ? null : failing >= 0 ? there[failing].says : E.right(stops ? 'stop' : 'go on')
          return { answer, log: reached.map(({ name }) => name) }
        })
        const seen = await behaviour((log) =>
          concatAll({ empty, concat })(plans.map((p, i) => callbackOf(String(i), p, log))),
        )
        expect(seen.log).toEqual(expected.flatMap(({ log }) => log))
        // what the last hook says goes nowhere but for a failure
        const [end, ...others] = [...expected].reverse().map(({ answer }) => answer)
        const [seenEnd, ...seenOthers] = [...seen.asked].reverse()
        expect(seenOthers).toEqual(others)
        if (end === null || E.isLeft(end)) expect(seenEnd).toEqual(end)
        else expect(seenEnd).toMatchObject({ _tag: 'Right' })
      }),
    )
  })
})

describe('answerOf', () => {
  const answers: readonly Said[] = [
    E.right('go on'),
    E.right('stop'),
    E.left({ _tag: 'Test', message: 'full' }),
  ]

  it('is the same however a hook gives its answer', async () => {
    for (const says of answers)
      for (const way of ways(says)) expect(await answerOf(() => way, null)).toEqual(says)
  })

  it('is to go on where there is no hook', async () => {
    expect(await answerOf(undefined, null)).toEqual(E.right('go on'))
  })

  it('is the same of one callback as of two, where either says it in any way', async () => {
    for (const says of answers)
      for (const way of ways(says)) {
        const [saying, silent]: readonly TrainCallback<null>[] = [
          { onStart: () => way },
          { onStart: () => {} },
        ]
        expect(await answerOf(concat(saying, silent).onStart, event)).toEqual(says)
        expect(await answerOf(concat(silent, saying).onStart, event)).toEqual(says)
      }
  })

  it('rejects with what a hook throws, later callbacks not asked', async () => {
    let asked = 0
    const throwing: TrainCallback<null> = {
      onStart: () => {
        throw new Error('a bug of somebody')
      },
    }
    const after: TrainCallback<null> = {
      onStart: () => {
        asked++
      },
    }
    await expect(answerOf(concat(throwing, after).onStart, event)).rejects.toThrow('a bug of somebody')
    expect(asked).toBe(0)
  })
})
