import { describe, expect, it } from 'vitest'
import { grad, jit, makeGraph, np, type Tensor, vmap } from '../../src/index.js'

/** What the decision records state of graphs and programs. */
describe('the decision records', () => {
  it('0002: an axis that is mapped from elsewhere costs no kernel', () => {
    const f = (x: Tensor) => np.sin(x).mul(x)
    const x = np.zeros([64, 1024])
    const kernels = (inAxis: number, outAxis: number) =>
      jit(vmap(f, inAxis, outAxis)).lower(x).program.steps.length
    expect([kernels(0, 0), kernels(1, 1), kernels(1, 0), kernels(0, 1)]).toEqual([1, 1, 1, 1])
  })

  it('0003: a gradient holds no broadcast, and no value but the operands and one cosine', () => {
    const f = (x: Tensor, w: Tensor) => np.sin(x.mul(w)).sum()
    const { graph } = makeGraph(grad(f))(np.zeros([3]), np.zeros([3]))
    expect(graph.eqns.map((e) => e.primitive.name).filter((n) => n !== 'mul')).toEqual(['cos'])
  })

  it('a constant converts as a value does at run time', () => {
    const toInt = (x: Tensor) => x.astype('int32')
    for (const v of [3e9, -3e9, -0.5, 2.7, Number.NaN, Number.POSITIVE_INFINITY]) {
      const atRunTime = toInt(np.array([v, v])).toArray()
      expect(toInt(np.full([2], v)).toArray()).toEqual(atRunTime)
      expect(jit(() => toInt(np.full([2], v)))().toArray()).toEqual(atRunTime)
    }
  })
})
