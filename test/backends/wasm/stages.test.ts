import { describe, expect, it } from 'vitest'
import { stagesOf } from '../../../src/backends/wasm/nest/stages.js'
import { jit, loadBackend, nn, np, type Tensor } from '../../../src/index.js'
import { acc, apply, elem, loopIndex } from '../../../src/ir/expr.js'
import { slotsOf } from '../../../src/ir/nodes.js'
import { joinedAlike, type Reduction } from '../../../src/ir/program.js'
import { movedOn, sumExp, variance } from '../../../src/ir/statistics.js'

await loadBackend('wasm')

const x = apply('convert', [loopIndex(0)], 'float32')

const greatest: Reduction = {
  extents: [9],
  init: [{ value: Number.NEGATIVE_INFINITY, dtype: 'float32' }],
  element: [x],
  combine: [apply('max', [acc(0, 'float32'), elem(0, 'float32')])],
}

describe('passes of a reduction', () => {
  it('are two for a statistic: the later one sums what reads the first', () => {
    for (const [reduction, slots] of [
      [sumExp([9], x), [[0], [1]]],
      [variance([9], x), [[0, 1], [2]]],
    ] as const) {
      const stages = stagesOf(reduction)
      expect(stages.map((s) => s.slots)).toEqual(slots)
      const [first, later] = stages.map((s) => s.reduction)
      expect(slotsOf(first.element).size).toBe(0)
      expect([...slotsOf(later.element)]).toEqual(slots[0])
      expect(later.combine).toEqual([apply('add', [acc(0, 'float32'), elem(0, 'float32')])])
      for (const part of [first, later]) expect(Math.max(...slotsOf(part.combine))).toBe(part.init.length - 1)
    }
  })

  it('are one for a tuple that is not said to be a statistic', () => {
    const { statistics: _, ...tuple } = sumExp([9], x)
    expect(stagesOf(tuple)).toEqual([{ reduction: tuple, slots: [0, 1] }])
    expect(stagesOf(greatest).length).toBe(1)
  })

  it('are one for what joins the results of parts', () => {
    const whole = joinedAlike(variance([9], x), [4], [x, x, x])
    expect(stagesOf(whole)).toEqual([{ reduction: whole, slots: [0, 1, 2] }])
  })

  it('leave other slots in the first', () => {
    const { init, element, combine, statistics = [] } = sumExp([9], x)
    const both: Reduction = {
      extents: [9],
      init: [...greatest.init, ...init],
      element: [...greatest.element, ...element],
      combine: [...greatest.combine, ...combine.map((_, slot) => acc(slot + 1, 'float32'))],
      statistics: statistics.map((s) => movedOn(s, 1)),
    }
    expect(stagesOf(both).map((s) => s.slots)).toEqual([[0, 1], [2]])
  })
})

describe('two passes of a kernel', () => {
  it.each([3, 8, 21, 70])('serve %i points, whose elements are all alike', (points) => {
    const v = np.arange(points).div(7)
    const alike = (v: Tensor) => np.broadcastTo(v.reshape([points, 1]), [points, 6])
    const variances = jit((v: Tensor) => np.var(alike(v), { axis: 1 }), { backend: 'wasm' })
    const shares = jit((v: Tensor) => nn.softmax(alike(v), { axis: 1 }), { backend: 'wasm' })
    for (const x of variances(v).dataSync()) expect(x).toBeCloseTo(0, 6)
    for (const x of shares(v).dataSync()) expect(x).toBeCloseTo(1 / 6, 6)
  })
})
