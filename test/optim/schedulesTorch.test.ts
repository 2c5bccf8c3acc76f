import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { GradError, jit, np, optim } from '../../src/index.js'

/** The rate of every update, by PyTorch 1.13; made by test/fixtures/schedules/make.py. */
const rates: Readonly<Record<string, readonly number[]>> = JSON.parse(
  readFileSync(new URL('../fixtures/schedules/rates.json', import.meta.url), 'utf8'),
)

const cases: Readonly<Record<string, optim.Schedule>> = {
  constant: optim.constantSchedule(0.3),
  step: optim.stepSchedule(2, { every: 7, gamma: 0.5 }),
  exponential: optim.exponentialSchedule(2, 0.9),
  cosine: optim.cosineSchedule(2, 20, { end: 0.5 }),
  warmupCosine: optim.warmupCosineSchedule({ initial: 0.1, peak: 1, warmup: 5, steps: 25, end: 0.2 }),
  oneCycle: optim.oneCycleSchedule({ peak: 0.5, steps: 40, convention: 'torch' }),
  oneCycleBetween: optim.oneCycleSchedule({
    convention: 'torch',
    peak: 2,
    steps: 25,
    warmupFraction: 0.37,
    startDivisor: 10,
    endDivisor: 100,
  }),
}

describe('schedules beside PyTorch', () => {
  it('has a schedule for every row of the fixture', () => {
    expect(Object.keys(cases)).toEqual(Object.keys(rates))
  })

  it.each(Object.entries(cases))('%s: the rate of every update', (name, schedule) => {
    const traced = jit(schedule)
    rates[name].forEach((rate, t) => {
      const at = `t = ${t}`
      expect(Math.abs(schedule(np.array(t, { dtype: 'float64' })).item() - rate), at).toBeLessThan(1e-13)
      expect(Math.abs(traced(np.array(t, { dtype: 'int32' })).item() - rate), at).toBeLessThan(1e-6)
    })
  })
})

describe('oneCycleSchedule as PyTorch', () => {
  it('stays at the end, and is Optax’s with both turns one update earlier', () => {
    const torch = optim.oneCycleSchedule({ peak: 1, steps: 20, warmupFraction: 0.25, convention: 'torch' })
    expect(torch(25).item()).toBe(torch(19).item())
    // Turns at 4 and 19 there; 4 of 19 here.
    const optax = optim.oneCycleSchedule({ peak: 1, steps: 19, warmupFraction: 4.5 / 19 })
    for (let t = 0; t < 22; t++) {
      const count = np.array(t, { dtype: 'float64' })
      expect(Math.abs(torch(count).item() - optax(count).item())).toBeLessThan(1e-14)
    }
  })

  it('refuses a cycle that has no way up, or none down', () => {
    expect(() => optim.oneCycleSchedule({ peak: 1, steps: 3, convention: 'torch' })).toThrow(GradError)
    expect(() =>
      optim.oneCycleSchedule({ peak: 1, steps: 10, warmupFraction: 1, convention: 'torch' }),
    ).toThrow('(1 - warmupFraction) * steps > 0')
    const other = { peak: 1, steps: 10, convention: 'keras' }
    expect(() => Reflect.apply(optim.oneCycleSchedule, null, [other])).toThrow(
      "oneCycleSchedule: convention 'optax' or 'torch' is required, got 'keras'.",
    )
  })
})
