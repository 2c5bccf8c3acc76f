import { describe, expect, it } from 'vitest'
import { GradError, jit, np, optim } from '../../src/index.js'

const cosine = (from: number, to: number, x: number) => to + ((from - to) * (1 + Math.cos(Math.PI * x))) / 2

/** Each schedule beside its formula on JS numbers. */
const cases: readonly (readonly [string, optim.Schedule, (t: number) => number])[] = [
  ['constant', optim.constantSchedule(0.3), () => 0.3],
  ['step', optim.stepSchedule(2, { every: 7, gamma: 0.5 }), (t) => 2 * 0.5 ** Math.floor(t / 7)],
  ['exponential', optim.exponentialSchedule(2, 0.3, { steps: 10 }), (t) => 2 * 0.3 ** (t / 10)],
  ['cosine', optim.cosineSchedule(2, 20, { end: 0.5 }), (t) => cosine(2, 0.5, Math.min(t / 20, 1))],
  [
    'warm-up cosine',
    optim.warmupCosineSchedule({ initial: 0.1, peak: 1, warmup: 5, steps: 25, end: 0.2 }),
    (t) => (t < 5 ? 0.1 + (0.9 * t) / 5 : cosine(1, 0.2, Math.min((t - 5) / 20, 1))),
  ],
  [
    'one-cycle',
    optim.oneCycleSchedule({ peak: 1, steps: 30, warmupFraction: 0.4, startDivisor: 10, endDivisor: 100 }),
    (t) => (t < 12 ? cosine(0.1, 1, t / 12) : cosine(1, 0.001, Math.min((t - 12) / 18, 1))),
  ],
]

const counts = Array.from({ length: 35 }, (_, t) => t)

describe('schedules', () => {
  it.each(cases)('%s: its formula, for numbers and counts, traced or not', (_, schedule, formula) => {
    const traced = jit(schedule)
    for (const t of counts) {
      const double = np.array(t, { dtype: 'float64' })
      expect(Math.abs(schedule(double).item() - formula(t)), `t = ${t}`).toBeLessThan(1e-13)
      const count = np.array(t, { dtype: 'int32' })
      for (const rate of [schedule(t), schedule(count), traced(count)]) {
        expect([rate.dtype, rate.shape]).toEqual(['float32', []])
        expect(Math.abs(rate.item() - formula(t)), `t = ${t}`).toBeLessThan(1e-6)
      }
    }
    expect(traced.traceCount()).toBe(1)
  })

  it('a step falls exactly on its count', () => {
    const rate = optim.stepSchedule(1, { every: 3, gamma: 0.5 })
    expect([2, 3, 299, 300].map((t) => Math.log2(rate(t).item()))).toEqual([0, -1, -99, -100])
  })

  it('refuse lengths that are none', () => {
    expect(() => optim.cosineSchedule(1, 0)).toThrow(GradError)
    expect(() => optim.warmupCosineSchedule({ peak: 1, warmup: 10, steps: 10 })).toThrow('steps - warmup > 0')
    expect(() => optim.oneCycleSchedule({ peak: 1, steps: 2 })).toThrow('warmupFraction')
    expect(() => optim.stepSchedule(1, { every: 0 })).toThrow('stepSchedule: every > 0')
  })
})
