import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jit, np, optim, type Tensor, tree } from '../../src/index.js'

const numbers = (t: Tensor): readonly number[] => Array.from(t.dataSync())
const float64 = (xs: number[]) => np.array(xs, { dtype: 'float64' })

/** Some transformations, stateful ones among them. */
const transformations = fc.constantFrom<(() => optim.GradientTransformation)[]>(
  () => optim.identity,
  () => optim.scale(-0.5),
  () => optim.momentum(0.9),
  () => optim.scaleByAdam(),
  () => optim.clipByGlobalNorm(0.7),
  () => optim.addDecayedWeights(0.1),
  () => optim.ema(0.5),
  () => optim.masked(optim.momentum(0.5), { a: true, b: false }),
  () => optim.sgd(optim.stepSchedule(0.1, { every: 2 }), { momentum: 0.3 }),
)

/** All updates and states of three steps, as plain values. */
const run = (opt: optim.GradientTransformation) => {
  const params = { a: np.array([1, -2]), b: np.array([[0.5]]) }
  let state = opt.init(params)
  return [1, 2, 3].map((t) => {
    const grads = { a: np.array([t, 0.1]), b: np.array([[-t]]) }
    const [updates, next] = opt.update(grads, state, params)
    state = next
    return tree.map((x) => x.toArray(), { updates, state: next as unknown }) as unknown
  })
}

describe('the monoid of transformations', () => {
  it('is associative: states included', () => {
    fc.assert(
      fc.property(transformations, transformations, transformations, (f, g, h) => {
        const { concat } = optim.monoid
        expect(run(concat(f(), concat(g(), h())))).toEqual(run(concat(concat(f(), g()), h())))
        expect(run(optim.chain(f(), g(), h()))).toEqual(run(concat(f(), concat(g(), h()))))
      }),
      { numRuns: 15 },
    )
  })

  it('has identity on both sides: states included', () => {
    fc.assert(
      fc.property(transformations, (f) => {
        const { concat, empty } = optim.monoid
        expect(run(concat(empty, f()))).toEqual(run(f()))
        expect(run(concat(f(), empty))).toEqual(run(f()))
      }),
      { numRuns: 9 },
    )
  })

  it('applies pieces in order', () => {
    const clipThenScale = optim.chain(optim.clip(1), optim.scale(10))
    const scaleThenClip = optim.chain(optim.scale(10), optim.clip(1))
    const g = np.array([0.5])
    expect(clipThenScale.update(g, clipThenScale.init(g))[0].toArray()).toEqual([5])
    expect(scaleThenClip.update(g, scaleThenClip.init(g))[0].toArray()).toEqual([1])
  })
})

describe('clipping', () => {
  it('wants a positive limit', () => {
    for (const limit of [0, -1, Number.NaN]) {
      expect(() => optim.clipByGlobalNorm(limit)).toThrow('a positive limit is required')
    }
  })

  it('by global norm leaves small gradients bit for bit, and brings large ones to the limit', () => {
    const component = fc.double({ min: -100, max: 100, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(component, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        (xs, limit) => {
          const g = { a: float64(xs), b: [float64([1])] }
          const opt = optim.clipByGlobalNorm(limit)
          const [u] = opt.update(g, opt.init(g))
          const norm = Math.hypot(...xs, 1)
          if (norm <= limit * (1 - 1e-12)) expect(numbers(u.a)).toEqual(xs)
          else expect(optim.globalNorm(u).item() / limit).toBeCloseTo(1, 10)
          const factor = Math.min(1, limit / norm)
          numbers(u.a).forEach((x, i) => {
            expect(Math.abs(x - xs[i] * factor)).toBeLessThan(1e-10)
          })
        },
      ),
      { numRuns: 20 },
    )
  })

  it('of zero gradients gives zeros', () => {
    const g = np.zeros([3])
    expect(optim.clipByGlobalNorm(1).update(g, [null])[0].toArray()).toEqual([0, 0, 0])
    expect(optim.globalNorm({}).item()).toBe(0)
  })
})

describe('ema', () => {
  it('is the weighted mean of what it saw', () => {
    const xs = [3, -1, 4, 1, -5]
    for (const debias of [true, false]) {
      const average = optim.ema(0.8, { debias })
      let state = average.init(float64([0]))
      xs.forEach((x, t) => {
        const [out, next] = average.update(float64([x]), state)
        state = next
        const weights = xs.slice(0, t + 1).map((_, i) => 0.2 * 0.8 ** (t - i))
        const total = debias ? weights.reduce((a, b) => a + b) : 1
        const want = weights.reduce((sum, w, i) => sum + w * xs[i], 0) / total
        expect(out.item()).toBeCloseTo(want, 12)
      })
    }
  })
})

describe('masked', () => {
  it('keeps no state for the leaves left out', () => {
    const params = { w: np.ones([2, 2]), b: np.ones([2]) }
    const opt = optim.masked(optim.scaleByAdam(), (p) => tree.map((x) => x.ndim > 1, p))
    const [[inner]] = opt.init(params)
    expect(tree.paths(inner)).toEqual(['count', 'mu.w', 'nu.w'])
    const [updates] = opt.update(params, opt.init(params))
    expect(updates.b.toArray()).toEqual([1, 1])
  })

  it('takes a prefix: one boolean for a whole subtree', () => {
    const params = { frozen: [np.ones([1]), np.ones([1])], free: np.ones([1]) }
    const opt = optim.masked(optim.scale(0), { frozen: true, free: false })
    const [updates] = jit((g: typeof params) => opt.update(g, opt.init(g)))(params)
    expect(tree.map((u) => u.item(), updates)).toEqual({ frozen: [0, 0], free: 1 })
    expect(() => optim.masked(optim.scale(0), { other: true }).init(params)).toThrow(/masked/)
  })

  it('in adamw spares the leaves it names from decay', () => {
    const params = { w: float64([10]), b: float64([10]) }
    const opt = optim.adamw(0.1, { weightDecay: 1, mask: { w: true, b: false } })
    const [updates] = opt.update({ w: float64([0]), b: float64([0]) }, opt.init(params), params)
    expect(tree.map((u) => u.item(), updates)).toEqual({ w: -1, b: -0 })
  })
})
