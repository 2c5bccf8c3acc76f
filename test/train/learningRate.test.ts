import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { learningRateOf, requireUpdates, updatesOf } from '../../src/train/learningRate.js'
import '../../src/index.js'

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
