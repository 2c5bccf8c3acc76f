import { describe, expect, it } from 'vitest'
import {
  grad,
  jit,
  np,
  optim,
  random,
  ShapeError,
  scan,
  type Tensor,
  TreeMismatchError,
  tree,
  valueAndGrad,
} from '../../src/index.js'

const optimisers: readonly (readonly [string, optim.GradientTransformation])[] = [
  ['sgd', optim.sgd(0.1, { momentum: 0.9, weightDecay: 0.01 })],
  ['adam', optim.adam(0.1)],
  ['adamw', optim.adamw((t) => t.add(1).mul(0.1))],
  ['adagrad', optim.adagrad(0.1)],
  ['rmsprop', optim.rmsprop(0.1)],
  ['rmsprop as PyTorch', optim.rmsprop(0.1, { convention: 'torch', centered: true })],
  ['lion', optim.lion(0.1, { weightDecay: 0.1 })],
  ['ema', optim.chain(optim.ema(0.9), optim.sgd(0.1))],
  ['clipped', optim.chain(optim.clipByGlobalNorm(1), optim.clip(0.1), optim.sgd(0.1))],
  ['multiSteps', optim.multiSteps(optim.adam(0.1), 2)],
  ['applyIfFinite', optim.applyIfFinite(optim.adam(0.1), { maxConsecutive: 2 })],
  ['masked', optim.masked(optim.adam(0.1), (params) => tree.map(() => true, params))],
]

describe.each(optimisers)('%s', (_name, opt) => {
  const params = { w: np.array([1, -2]), step: np.array([7], { dtype: 'int32' }), key: random.key(3) }
  const loss = (p: typeof params) => p.w.mul(p.w).sum()

  it('leaves integers of a tree as they are, and treats the rest as without them', () => {
    const step = (p: typeof params, state: unknown) => {
      const grads = grad(loss, { allowInt: true })(p)
      const [updates, next] = opt.update(grads, state as optim.States, p)
      return [optim.applyUpdates(p, updates), next] as const
    }
    let [all, state]: readonly [typeof params, unknown] = [params, opt.init(params)]
    let w = { w: params.w }
    let alone = opt.init(w)
    for (let i = 0; i < 3; i++) {
      ;[all, state] = i === 0 ? step(all, state) : jit(step)(all, state)
      const [updates, next] = opt.update({ w: w.w.mul(2) }, alone, w)
      w = optim.applyUpdates(w, updates)
      alone = next
    }
    expect(all.step.toArray()).toEqual([7])
    expect(all.key.toArray()).toEqual(random.key(3).toArray())
    expect([all.step.dtype, all.key.dtype]).toEqual(['int32', 'uint32'])
    expect(all.w.toArray()).toEqual(w.w.toArray())
  })

  it('refuses a gradient of another shape, which would broadcast', () => {
    const floats = { w: np.ones([2]) }
    const wide = { w: np.ones([3, 2]) }
    expect(() => {
      const [updates] = opt.update(wide, opt.init(floats), floats)
      optim.applyUpdates(floats, updates)
    }).toThrow(ShapeError)
  })
})

describe('trees of updates', () => {
  it('do not broadcast a parameter to another shape', () => {
    const update = () => optim.applyUpdates({ w: np.ones([2]) }, { w: np.ones([3, 2]) })
    expect(update).toThrow('applyUpdates: leaves of one shape are required, got f32[2] and f32[3,2] at w')
    expect(() => optim.applyUpdates({ w: np.ones([2]) }, { w: np.array(1) })).toThrow(ShapeError)
    const averaging = optim.parameterAverage(0.5)
    expect(() => averaging.update(averaging.init(np.ones([2])), np.ones([1, 2]))).toThrow(ShapeError)
  })

  it('of another structure than the state are refused, a float gradient for an integer, too', () => {
    const opt = optim.adam(0.1)
    const state = opt.init({ n: np.array([1], { dtype: 'int32' }) })
    expect(() => opt.update({ n: np.array([1]) }, state)).toThrow(TreeMismatchError)
  })

  it('go through scan with integers among the parameters', () => {
    const opt = optim.adam(0.1)
    const start = { w: np.array([1, 2]), n: np.array(0, { dtype: 'int32' }) }
    const body = ([p, s]: readonly [typeof start, unknown], _: Tensor) => {
      const [value, grads] = valueAndGrad((q: typeof start) => q.w.mul(q.w).sum(), { allowInt: true })(p)
      const [updates, next] = opt.update(grads, s as optim.States, p)
      return [[optim.applyUpdates(p, updates), next], value] as [readonly [typeof start, unknown], Tensor]
    }
    const [[last], losses] = scan(
      body,
      [start, opt.init(start)] as readonly [typeof start, unknown],
      np.zeros([4]),
    )
    expect(losses.shape).toEqual([4])
    expect(tree.map((x: Tensor) => x.dtype, last as unknown)).toEqual({ w: 'float32', n: 'int32' })
  })
})
