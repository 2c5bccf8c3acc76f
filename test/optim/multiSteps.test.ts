import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GradError, grad, jit, np, optim, type Tensor, TreeMismatchError, tree } from '../../src/index.js'
import { restored } from './restored.js'

const float64 = (xs: readonly number[]) => np.array([...xs], { dtype: 'float64' })
const float32 = (xs: readonly number[]) => np.array([...xs])
const bits = (value: unknown): readonly (readonly number[])[] =>
  tree.leaves(value).map((t) => Array.from((t as Tensor).dataSync()))

const inners = fc.constantFrom<(() => optim.GradientTransformation)[]>(
  () => optim.sgd(0.1),
  () => optim.sgd(0.1, { momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
  () => optim.adam(optim.stepSchedule(0.1, { every: 2 })),
  () => optim.adamw(0.1, { mask: { a: true, b: [false] } }),
  () => optim.chain(optim.clipByGlobalNorm(0.5), optim.rmsprop(0.1, { centered: true })),
  () => optim.applyIfFinite(optim.lion(0.1), { maxConsecutive: 1 }),
)

type Params = { readonly a: Tensor; readonly b: readonly Tensor[] }
const split = (xs: readonly number[], make = float64): Params => ({
  a: make(xs.slice(0, 2)),
  b: [make(xs.slice(2))],
})

/** Parameters and state after all these gradients. */
const train = (opt: optim.GradientTransformation, gradients: readonly Params[], compiled = false) => {
  const apply = (g: Params, state: optim.States, p: Params) => {
    const [updates, next] = opt.update(g, state, p)
    return [optim.applyUpdates(p, updates), next] as const
  }
  const step = compiled ? jit(apply) : apply
  let params = split([1, -2, 0.5], gradients[0].a.dtype === 'float64' ? float64 : float32)
  let state = opt.init(params)
  for (const g of gradients) [params, state] = step(g, state, params)
  return { params, state }
}

/** Of ordinary size: what is 1e-300 beside 1 is lost in any mean. */
const component = fc.integer({ min: -1280, max: 1280 }).map((x) => x / 128)
const gradient = fc.tuple(component, component, component)

describe('multiSteps', () => {
  it('n calls are one call with the mean of their gradients, state of the inner one included; also under jit', () => {
    const rounds = fc
      .integer({ min: 1, max: 5 })
      .chain((n) =>
        fc.array(fc.array(gradient, { minLength: n, maxLength: n }), { minLength: 1, maxLength: 3 }),
      )
    fc.assert(
      fc.property(inners, rounds, fc.boolean(), (inner, batches, compiled) => {
        const n = batches[0].length
        const means = batches.map((round) => [0, 1, 2].map((i) => round.reduce((s, g) => s + g[i], 0) / n))
        // What takes signs (Lion, Adam at first) makes much of a mean that is zero but for rounding.
        fc.pre(means.every((mean) => mean.every((x) => x !== 0)))
        const many = train(
          optim.multiSteps(inner(), n),
          batches.flat().map((g) => split(g)),
          compiled,
        )
        const one = train(
          inner(),
          means.map((g) => split(g)),
        )
        const [{ inner: state, step, count }] = many.state as readonly [optim.MultiStepsState]
        const got = bits([many.params, state]).flat()
        const want = bits([one.params, one.state]).flat()
        expect(got.length).toBe(want.length)
        got.forEach((x, i) => {
          expect(Math.abs(x - want[i])).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(want[i])))
        })
        expect([step.item(), count.item()]).toEqual([0, batches.length])
      }),
      { numRuns: 30 },
    )
  })

  it('for 1 is the inner transformation, bit for bit, signs of zeros included', () => {
    fc.assert(
      fc.property(
        inners,
        fc.array(gradient, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (inner, gs, c) => {
          const gradients = gs.map((g) => split(g, float32))
          const [plain, wrapped] = [
            train(inner(), gradients, c),
            train(optim.multiSteps(inner(), 1), gradients, c),
          ]
          const [{ inner: state, count }] = wrapped.state as readonly [optim.MultiStepsState]
          expect(bits([wrapped.params, state])).toEqual(bits([plain.params, plain.state]))
          expect(count.item()).toBe(gs.length)
        },
      ),
      { numRuns: 15 },
    )
    const opt = optim.multiSteps(optim.identity, 1)
    expect(opt.update(float32([-0]), opt.init(float32([0])))[0].toArray()).toEqual([-0])
  })

  it('between, updates are zero and the inner state stays as it is, bit for bit', () => {
    const opt = optim.multiSteps(optim.adam(0.1), 3)
    const params = split([1, 2, 3], float32)
    let state = opt.init(params)
    const seen = [1, 2, 3, 4, 5, 6].map((t) => {
      const [updates, next] = opt.update(split([t, -t, 0.1], float32), state, params)
      const moved = optim.hasUpdated(next[0]).item() === 1
      const same = bits(next[0].inner).every((leaf, i) =>
        leaf.every((x, k) => x === bits(state[0].inner)[i][k]),
      )
      const still = bits(updates)
        .flat()
        .every((x) => x === 0)
      state = next
      return { moved, same, still }
    })
    const [held, moved] = [
      { moved: false, same: true, still: true },
      { moved: true, same: false, still: false },
    ]
    expect(seen).toEqual([held, held, moved, held, held, moved])
    expect(optim.hasUpdated(opt.init(params)[0]).item()).toBe(0)
  })

  it('is the gradient of the loss of all examples', () => {
    const examples = [
      [1, 2],
      [3, -1],
      [0.5, 4],
      [-2, 1],
      [1, 1],
      [0, 3],
    ]
    const batch = (from: number, to: number) => np.array(examples.slice(from, to), { dtype: 'float64' })
    const loss = (w: Tensor, x: Tensor) => np.square(np.sin(x.matmul(w)).sub(0.3)).mean()
    const w = float64([0.2, -0.4])
    const whole = optim.sgd(0.5)
    const [want] = whole.update(grad(loss)(w, batch(0, 6)), whole.init(w))
    const parts = optim.multiSteps(whole, 3)
    let state = parts.init(w)
    let got = w
    for (const k of [0, 1, 2]) {
      ;[got, state] = parts.update(grad(loss)(w, batch(2 * k, 2 * k + 2)), state)
    }
    Array.from(got.dataSync()).forEach((x, i) => {
      expect(Math.abs(x - want.dataSync()[i])).toBeLessThan(1e-15)
    })
  })

  it('means do not overflow, nor lose digits as their number grows', () => {
    const mean = (n: number, g: number) => {
      const opt = optim.multiSteps(optim.identity, n)
      const update = jit(opt.update<Tensor>)
      let state = opt.init(float32([0]))
      let out = float32([0])
      for (let k = 0; k < n; k++) [out, state] = update(float32([g]), state)
      return out.item()
    }
    expect(mean(1000, 0.1)).toBe(Math.fround(0.1))
    expect(mean(4, 3e38)).toBe(Math.fround(3e38))
  })

  it('forgets a round that was not finite', () => {
    const opt = optim.multiSteps(optim.applyIfFinite(optim.identity, { maxConsecutive: 5 }), 2)
    let state = opt.init(float32([0]))
    const outs = [Number.NaN, 1, 2, 4].map((g) => {
      const [u, next] = opt.update(float32([g]), state)
      state = next
      return u.item()
    })
    expect(outs).toEqual([0, 0, 0, 3])
  })

  it('is traced once, and goes on from a saved state within a round to the bit', () => {
    const opt = optim.multiSteps(optim.adam(0.1), 4)
    const step = jit((g: Params, state: ReturnType<typeof opt.init>) => opt.update(g, state))
    const run = (interrupt: boolean) => {
      let state = opt.init(split([0, 0, 0], float32))
      return [1, 2, 3, 4, 5, 6, 7, 8].map((t) => {
        if (interrupt) state = restored(state)
        const [updates, next] = step(split([Math.sin(t), t, 1 / t], float32), state)
        state = next
        return bits([updates, next])
      })
    }
    expect(run(true)).toEqual(run(false))
    expect(step.traceCount()).toBe(1)
  })

  it('needs no branch: the compiled step has loop nests only', () => {
    const opt = optim.multiSteps(optim.adam(0.1), 4)
    const params = split([0, 0, 0], float32)
    const { program } = jit(opt.update<Params>).lower(params, opt.init(params))
    expect(program.steps.map((s) => s.kind)).toEqual(program.steps.map(() => 'kernel'))
  })

  it('with a smaller n than a round has already, ends the round at the next call', () => {
    const [long, short] = [optim.multiSteps(optim.identity, 9), optim.multiSteps(optim.identity, 2)]
    let state = long.init(float32([0]))
    for (const g of [1, 2, 3, 4]) [, state] = long.update(float32([g]), state)
    const [out, next] = short.update(float32([5]), state)
    expect(out.item()).toBe(3)
    expect(next[0].step.item()).toBe(0)
  })

  it('names what is wrong', () => {
    for (const every of [0, -1, 1.5, Number.NaN])
      expect(() => optim.multiSteps(optim.identity, every)).toThrow(
        'multiSteps: a whole number of calls >= 1',
      )
    expect(() => optim.multiSteps(optim.identity, 0)).toThrow(GradError)
    const opt = optim.multiSteps(optim.sgd(1), 2)
    expect(() => opt.update({ a: float32([1]) }, opt.init({ b: float32([1]) }))).toThrow(TreeMismatchError)
    expect(opt.pieces.map((p) => p.name)).toEqual(['multiSteps(scale)'])
  })
})
