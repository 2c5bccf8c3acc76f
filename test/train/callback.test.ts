import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { concatAll } from 'fp-ts/lib/Monoid.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import {
  callbackMonoid,
  type EpochEvent,
  type StepEvent,
  type TrainCallback,
  type TrainEvent,
  type Verdict,
} from '../../src/train/callback.js'
import { emptyHistory } from '../../src/train/history.js'

type Said = E.Either<string, Verdict>
const hooks = ['onStart', 'onEpochStart', 'onStep', 'onEpochEnd', 'onInterrupt', 'onEnd'] as const
type HookName = (typeof hooks)[number]

/** What a callback says at each event; `null` where it has no hook. */
type Plan = Readonly<Record<HookName, Said | null>>

const said: fc.Arbitrary<Said | null> = fc.oneof(
  fc.constant(null),
  fc.constantFrom<Said>(E.right('go on'), E.right('stop')),
  fc.integer({ min: 0, max: 99 }).map((n): Said => E.left(`failure ${n}`)),
)
const plan: fc.Arbitrary<Plan> = fc.record({
  onStart: said,
  onEpochStart: said,
  onStep: said,
  onEpochEnd: said,
  onInterrupt: said,
  onEnd: said,
})

const callbackOf = (name: string, plan: Plan, log: string[]): TrainCallback<null, string> =>
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
  doneSteps: 1,
  stepsPerEpoch: 2,
  position: () => ({ state: null, history: emptyHistory }),
}
const figures = { examples: 1, loss: 1, accuracy: 0 }
const stepEvent: StepEvent<null> = { ...event, loss: 1, accuracy: 0, figures }
const epochEvent: EpochEvent<null> = { ...event, figures, validation: O.none, seconds: 0 }

/** What each hook says, and in which order its parts were asked. */
const behaviour = async (make: (log: string[]) => TrainCallback<null, string>) => {
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

const { empty, concat } = callbackMonoid<null, string>()

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
