import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GradError, jit, np, optim, type Tensor, TreeMismatchError } from '../../src/index.js'
import { restored } from './restored.js'

const float64 = (xs: readonly number[]) => np.array([...xs], { dtype: 'float64' })
const values = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 8 })
const decays = fc.double({ min: 0, max: 0.9999, noNaN: true })

/** The averages after each of these values, which share a tree with another leaf. */
const averages = (
  averaging: optim.ParameterAverage,
  xs: readonly number[],
  compiled = false,
): readonly number[] => {
  const update = compiled ? jit(averaging.update<{ w: Tensor; b: Tensor[] }>) : averaging.update
  const params = (x: number) => ({ w: float64([x]), b: [float64([-x, 0])] })
  let state = averaging.init(params(0))
  return xs.map((x) => {
    state = update(state, params(x))
    expect(state.average.b[0].add(state.average.w).toArray()).toEqual([0, state.average.w.dataSync()[0]])
    return state.average.w.dataSync()[0]
  })
}

/** Σ wᵢ·xᵢ with the newest value's weight at each t, the older ones shrunk by what it takes. */
const weighted = (xs: readonly number[], newest: (t: number) => number): readonly number[] => {
  let weights: readonly number[] = []
  return xs.map((_, i) => {
    const w = i === 0 ? 1 : newest(i + 1)
    weights = [...weights.map((v) => v * (1 - w)), w]
    return weights.reduce((sum, v, k) => sum + v * xs[k], 0)
  })
}

const expectClose = (got: readonly number[], want: readonly number[], tolerance: number) => {
  got.forEach((x, i) => {
    expect(Math.abs(x - want[i]), `after ${i + 1}: ${x} and ${want[i]}`).toBeLessThan(tolerance)
  })
}

describe('parameterAverage', () => {
  it('is the mean weighted by decay to the power of age', () => {
    fc.assert(
      fc.property(decays, values, fc.boolean(), (decay, xs, compiled) => {
        const want = xs.map((_, t) => {
          const weights = xs.slice(0, t + 1).map((_, i) => decay ** (t - i))
          return weights.reduce((sum, w, i) => sum + w * xs[i], 0) / weights.reduce((a, b) => a + b)
        })
        expectClose(averages(optim.parameterAverage(decay), xs, compiled), want, 1e-11)
      }),
      { numRuns: 30 },
    )
  })

  it('is what ema with debias gives: Adam’s correction', () => {
    fc.assert(
      fc.property(decays, values, (decay, xs) => {
        const ema = optim.ema(decay)
        let state = ema.init(float64([0]))
        const want = xs.map((x) => {
          const [out, next] = ema.update(float64([x]), state)
          state = next
          return out.item()
        })
        expectClose(averages(optim.parameterAverage(decay), xs), want, 1e-11)
      }),
      { numRuns: 20 },
    )
  })

  it('without correction is PyTorch’s: a copy first, then decay·a + (1 − decay)·p', () => {
    fc.assert(
      fc.property(decays, values, (decay, xs) => {
        let a = xs[0]
        const want = xs.map((x, i) => (i === 0 ? a : (a = decay * a + (1 - decay) * x)))
        expectClose(averages(optim.parameterAverage(decay, { debias: false }), xs), want, 1e-12)
      }),
      { numRuns: 20 },
    )
  })

  it('with a warm-up decays as timm’s', () => {
    const xs = [3, -1, 4, 1, -5, 9, 2, -6]
    for (const [decay, gamma, power] of [
      [0.999, 1, 2 / 3],
      [0.6, 1, 2 / 3],
      [0.9, 10, 1],
    ]) {
      // ModelEmaV3.get_decay, whose first step has decay 0
      const timm = (t: number) => Math.max(Math.min(1 - (1 + (t - 1) / gamma) ** -power, decay), 0)
      const got = averages(optim.parameterAverage(decay, { warmup: { gamma, power } }), xs, true)
      expectClose(
        got,
        weighted(xs, (t) => 1 - timm(t)),
        1e-12,
      )
    }
    expect(averages(optim.parameterAverage(0.999, { warmup: {} }), xs)).toEqual(
      averages(optim.parameterAverage(0.999, { warmup: { gamma: 1, power: 2 / 3 } }), xs),
    )
  })

  it.each([{}, { debias: false }, { warmup: {} }])(
    'parameters that stand still are their own average, bit for bit: %o',
    (options) => {
      const averaging = optim.parameterAverage(0.999, options)
      const update = jit(averaging.update<Tensor>)
      const p = np.array([0.1, -3e-7, 1e30, 0.3])
      let state = averaging.init(p)
      for (let t = 0; t < 100; t++) state = update(state, p)
      expect(Array.from(state.average.dataSync())).toEqual(Array.from(p.dataSync()))
      expect(state.count.item()).toBe(100)
      expect(update.name).toContain('update')
    },
  )

  it('in float32 weighs the first steps to the last digits', () => {
    const averaging = optim.parameterAverage(0.9999)
    let state = averaging.init(np.array([0]))
    for (const x of [1, 2, 3]) state = averaging.update(state, np.array([x]))
    const weights = [0.9999 ** 2, 0.9999, 1]
    const want = (weights[0] + 2 * weights[1] + 3 * weights[2]) / (weights[0] + weights[1] + weights[2])
    expect(Math.abs(state.average.dataSync()[0] - want)).toBeLessThan(5e-7)
  })

  it('follows counters, and keeps every dtype', () => {
    const averaging = optim.parameterAverage(0.5)
    const params = (x: number) => ({
      w: np.array([x]),
      seen: np.array(x, { dtype: 'int32' }),
      on: np.array(x > 1, { dtype: 'bool' }),
    })
    let state = averaging.init(params(0))
    for (const x of [1, 4]) state = averaging.update(state, params(x))
    const { w, seen, on } = state.average
    expect([w.toArray(), seen.item(), on.item()]).toEqual([[3], 4, 1])
    expect([w.dtype, seen.dtype, on.dtype]).toEqual(['float32', 'int32', 'bool'])
  })

  it('outlives the parameters that a step takes over', () => {
    const averaging = optim.parameterAverage(0.5)
    const step = jit((p: { w: Tensor; n: Tensor }) => ({ w: p.w.add(1), n: p.n.add(1) }), { donate: [0] })
    let params = { w: np.array([1]), n: np.array(1, { dtype: 'int32' }) }
    let state = averaging.init(params)
    for (let t = 0; t < 3; t++) {
      state = averaging.update(state, params)
      params = step(params)
    }
    expect(state.average.n.item()).toBe(3)
    expectClose([state.average.w.dataSync()[0]], [(1 + 4 + 12) / 7], 1e-6)
  })

  it('goes on from a saved state to the bit', () => {
    const averaging = optim.parameterAverage(0.9)
    let [a, b] = [averaging.init(float64([0, 0])), averaging.init(float64([0, 0]))]
    for (const x of [1, 2, 3]) {
      a = averaging.update(a, float64([x, -x]))
      b = averaging.update(restored(b), float64([x, -x]))
      expect(b.average.toArray()).toEqual(a.average.toArray())
    }
  })

  it('names what is wrong', () => {
    const averaging = optim.parameterAverage(0.9)
    const other = averaging.init([float64([1]), float64([1])])
    expect(() => averaging.update(other, [float64([1])])).toThrow(TreeMismatchError)
    for (const decay of [1, -0.1, Number.NaN])
      expect(() => optim.parameterAverage(decay)).toThrow('parameterAverage: 0 <= decay < 1')
    expect(() => optim.parameterAverage(0.9, { debias: true, warmup: {} })).toThrow('Leave out debias')
    expect(() => optim.parameterAverage(0.9, { warmup: { gamma: 0 } })).toThrow(GradError)
  })
})
