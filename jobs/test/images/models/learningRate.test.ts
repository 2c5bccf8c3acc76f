import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { np } from '../../../../src/index.js'
import {
  learningRateOf,
  requireUpdates,
  stepRates,
  updatesOf,
} from '../../../src/images/models/learningRate.js'

describe('requireUpdates', () => {
  const names = ['constant', 'cosine', 'one-cycle'] as const

  it.each(names)('takes so few updates as %s can be made of, and no fewer', (schedule) => {
    for (let steps = 1; steps <= 30; steps++)
      for (const accumulate of [1, 2, 3, 7]) {
        const updates = updatesOf(steps, accumulate)
        const canBeMade = E.tryCatch(
          () => learningRateOf({ schedule, lr: 0.1 }, updates),
          () => 'thrown',
        )
        const isTaken = E.isRight(requireUpdates({ schedule, accumulate }, steps))
        expect(isTaken).toBe(updates >= 1 && E.isRight(canBeMade))
      }
  })
})

describe('stepRates', () => {
  it('are those of the updates that steps belong to', async () => {
    for (const schedule of ['cosine', 'one-cycle'] as const)
      for (const accumulate of [1, 3]) {
        const rate = await stepRates({ schedule, lr: 0.1, accumulate }, 25)
        const each = learningRateOf({ schedule, lr: 0.1 }, updatesOf(25, accumulate))
        if (typeof each === 'number') throw new Error('a schedule was expected')
        for (let step = 0; step < 25; step++) {
          const update = Math.min(Math.floor(step / accumulate), updatesOf(25, accumulate) - 1)
          expect(rate(step)).toBeCloseTo(Number(np.array(each(np.array(update))).item()), 7)
        }
      }
  })

  it('are the rate where it is constant', async () => {
    const rate = await stepRates({ schedule: 'constant', lr: 0.1, accumulate: 2 }, 25)
    expect([rate(0), rate(24)]).toEqual([0.1, 0.1])
  })
})
