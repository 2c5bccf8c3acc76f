import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GradError, jit, np, optim, type Tensor, tree } from '../../src/index.js'
import { restored } from './restored.js'

const bits = (value: unknown): readonly (readonly number[])[] =>
  tree.leaves(value).map((t) => Array.from((t as Tensor).dataSync()))

const params = { a: np.array([1, -2]), b: [np.array([[0.5]])] }
type Params = typeof params
const gradients = (xs: readonly number[]): Params => ({
  a: np.array([xs[0], xs[1]]),
  b: [np.array([[xs[2]]])],
})

const inners = fc.constantFrom<(() => optim.GradientTransformation)[]>(
  () => optim.sgd(0.1, { momentum: 0.9 }),
  () => optim.adamw(0.1),
  () => optim.chain(optim.clipByGlobalNorm(1), optim.adam(optim.cosineSchedule(0.1, 5))),
)

const finite = fc.double({ min: -10, max: 10, noNaN: true })
const bad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
/** Gradients of one call, and whether all are finite: a single element of any leaf may spoil them. */
const call = fc
  .tuple(fc.tuple(finite, finite, finite), fc.option(fc.tuple(fc.nat(2), bad)))
  .map(([xs, spoil]) => ({
    xs: xs.map((x, i) => (spoil?.[0] === i ? spoil[1] : x)),
    isFinite: spoil === null,
  }))

const run = (opt: optim.GradientTransformation, calls: readonly (readonly number[])[], compiled: boolean) => {
  const apply = (g: Params, state: optim.States, p: Params) => {
    const [updates, next] = opt.update(g, state, p)
    return [optim.applyUpdates(p, updates), next, updates] as const
  }
  const step = compiled ? jit(apply) : apply
  let state = opt.init(params)
  let p = params
  const updates = calls.map((xs) => {
    const [nextParams, next, u] = step(gradients(xs), state, p)
    p = nextParams
    state = next
    return bits(u)
  })
  return { params: p, state, updates }
}

describe('applyIfFinite', () => {
  it('is as if the calls with gradients that are not finite had not been, bit for bit, and counts them', async () => {
    await fc.assert(
      fc.asyncProperty(
        inners,
        fc.array(call, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (inner, calls, compiled) => {
          const guarded = run(
            optim.applyIfFinite(inner(), { maxConsecutive: 6 }),
            calls.map((c) => c.xs),
            compiled,
          )
          const plain = run(
            inner(),
            calls.filter((c) => c.isFinite).map((c) => c.xs),
            compiled,
          )
          const [state] = guarded.state as readonly [optim.ApplyIfFiniteState]
          expect(bits([guarded.params, state.inner])).toEqual(bits([plain.params, plain.state]))
          guarded.updates.forEach((u, t) => {
            if (!calls[t].isFinite) expect(u).toEqual([[0, 0], [0]])
          })
          const inARow = calls.length - 1 - calls.map((c) => c.isFinite).lastIndexOf(true)
          expect(await optim.nonFiniteCounts(state)).toEqual({
            consecutive: inARow,
            total: calls.filter((c) => !c.isFinite).length,
          })
        },
      ),
      { numRuns: 30 },
    )
  })

  it.each([0, 1, 3])(
    'drops %i in a row, then lets them through until one is finite',
    async (maxConsecutive) => {
      const opt = optim.applyIfFinite(optim.identity, { maxConsecutive })
      let state = opt.init(params)
      const outs: number[] = []
      const counts: unknown[] = []
      for (const x of [1, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 2, Number.NaN]) {
        const [u, next] = opt.update(gradients([x, 7, 7]), state)
        state = next
        outs.push(u.a.dataSync()[1])
        counts.push(await optim.nonFiniteCounts(next[0]))
      }
      const inARow = [0, 1, 2, 3, 4, 0, 1]
      expect(outs).toEqual(inARow.map((n) => (n > 0 && n <= maxConsecutive ? 0 : 7)))
      expect(counts).toEqual([0, 1, 2, 3, 4, 4, 5].map((total, t) => ({ consecutive: inARow[t], total })))
    },
  )

  it('sees infinities whose sum would cancel, and those of an overflow; large numbers pass', () => {
    const opt = optim.applyIfFinite(optim.identity, { maxConsecutive: 1 })
    const out = (xs: readonly number[]) => bits(opt.update(gradients(xs), opt.init(params))[0]).flat()
    expect(out([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1])).toEqual([0, 0, 0])
    expect(out([1, 1, 1e39])).toEqual([0, 0, 0])
    expect(out([3e38, 3e38, -3e38])).toEqual([3e38, 3e38, -3e38].map(Math.fround))
    expect(opt.update({}, opt.init({}))[0]).toEqual({})
  })

  it('is traced once, and its state is saved and brought back to the bit', () => {
    const opt = optim.applyIfFinite(optim.adam(0.1), { maxConsecutive: 2 })
    const step = jit((g: Params, s: ReturnType<typeof opt.init>) => opt.update(g, s))
    const trajectory = (interrupt: boolean) => {
      let state = opt.init(params)
      return [1, Number.NaN, Number.NaN, 4, Number.NaN].map((x) => {
        const [updates, next] = step(gradients([x, 1, 2]), interrupt ? restored(state) : state)
        state = next
        return bits([updates, next])
      })
    }
    expect(trajectory(true)).toEqual(trajectory(false))
    expect(step.traceCount()).toBe(1)
  })

  it('under multiSteps drops the round, around it the one batch', () => {
    const out = (opt: optim.GradientTransformation) =>
      run(
        opt,
        [
          [Number.NaN, 1, 1],
          [1, 1, 1],
          [5, 5, 5],
        ],
        true,
      ).updates[2]
    const guard = { maxConsecutive: 3 }
    expect(out(optim.applyIfFinite(optim.multiSteps(optim.identity, 2), guard))).toEqual([[3, 3], [3]])
    expect(out(optim.multiSteps(optim.applyIfFinite(optim.identity, guard), 3))).toEqual([[0, 0], [0]])
  })

  it('wants a whole number', () => {
    for (const maxConsecutive of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => optim.applyIfFinite(optim.identity, { maxConsecutive })).toThrow(
        'applyIfFinite: a whole number >= 0 is required as maxConsecutive',
      )
    expect(() => optim.applyIfFinite(optim.identity, { maxConsecutive: -1 })).toThrow(GradError)
  })
})
