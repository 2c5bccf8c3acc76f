import { describe, expect, it } from 'vitest'
import { grad, jit, np, optim, type Tensor } from '../../src/index.js'

const zeros = np.zeros([2], { dtype: 'float64' })

/** The derivative of the first update by the gradients, where these are zero. */
const slope = (opt: optim.GradientTransformation): readonly number[] =>
  Array.from(
    grad((g: Tensor): Tensor => opt.update(g, opt.init(g), zeros)[0].sum())(zeros).dataSync(),
    (v) => v + 0,
  )

describe('derivatives through an optimiser at zero gradients', () => {
  it('of clipping are 1, as without it', () => {
    expect(slope(optim.clipByGlobalNorm(1))).toEqual([1, 1])
    expect(slope(optim.clip(1))).toEqual([1, 1])
    expect(Array.from(grad((g: Tensor) => optim.globalNorm(g))(zeros).dataSync())).toEqual([0, 0])
  })

  it('of Adam and RMSProp are those of g/(|g| + eps)', () => {
    for (const opt of [optim.scaleByAdam({ eps: 0.5 }), optim.scaleByRms({ convention: 'torch', eps: 0.5 })])
      expect(slope(opt)).toEqual([2, 2])
    expect(slope(optim.adamw(0.5, { eps: 0.5 }))[0]).toBeCloseTo(-1, 14)
  })

  it('of Adam with epsRoot are those of Optax', () => {
    // g/(√(g² + epsRoot) + eps)
    expect(slope(optim.scaleByAdam({ eps: 0.25, epsRoot: 0.0625 }))[0]).toBeCloseTo(2, 14)
    const g = np.array([3], { dtype: 'float64' })
    const opt = optim.adam(1, { eps: 1, epsRoot: 16 })
    expect(jit(() => opt.update(g, opt.init(g))[0])().item()).toBeCloseTo(-3 / 6, 14)
  })

  it('of the others are finite', () => {
    for (const opt of [
      optim.rmsprop(0.1),
      optim.rmsprop(0.1, { convention: 'torch', centered: true }),
      optim.adagrad(0.1),
      optim.adagrad(0.1, { initial: 0, eps: 0 }),
      optim.lion(0.1),
      optim.sgd(0.1, { momentum: 0.9, nesterov: true }),
    ])
      for (const value of slope(opt)) expect(value, opt.pieces[0].name).toSatisfy(Number.isFinite)
  })
})
