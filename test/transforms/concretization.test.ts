import { describe, expect, it } from 'vitest'
import {
  ConcretizationError,
  grad,
  jit,
  jvp,
  makeGraph,
  np,
  type Tensor,
  vjp,
  vmap,
} from '../../src/index.js'
import { expectClose, scalar, vector } from './doubles.js'

describe('values of tracers', () => {
  const absolute = (x: Tensor): Tensor => (x.item() < 0 ? x.neg() : x)

  it('JS if under grad, jvp and vjp sees the value, at any depth', () => {
    expectClose(grad(absolute)(scalar(-2)), [-1])
    expectClose(grad(absolute)(scalar(2)), [1])
    expectClose(jvp(absolute, [scalar(-3)], [scalar(5)])[1], [-5])
    expectClose(vjp(absolute, scalar(-3))[1](scalar(2))[0], [-2])
    expectClose(grad(grad((x: Tensor) => absolute(x).mul(x)))(scalar(-2)), [-2])
  })

  it('a JS loop whose length depends on a computed value', () => {
    // x doubled until it exceeds 10: 8 times for 0.05
    const grown = (x: Tensor): Tensor => {
      let y = x
      while (y.item() < 10) y = y.mul(2)
      return y
    }
    expectClose(grad(grown)(scalar(0.05)), [256])
    expectClose(grad(grown)(scalar(20)), [1])
  })

  it('an inner function may ask for an outer variable', () => {
    const f = (x: Tensor) => grad((y: Tensor) => (x.item() > 0 ? x.mul(y) : y))(scalar(1))
    expectClose(grad(f)(scalar(2)), [1])
    expectClose(grad(f)(scalar(-2)), [0])
  })

  it('toArray, dataSync and String work under grad as well', () => {
    const f = (x: Tensor) => {
      expect(x.mul(2).toArray()).toEqual([2, 6])
      expect([...x.dataSync()]).toEqual([1, 3])
      expect(String(x)).not.toBe('')
      return x.sum()
    }
    expectClose(grad(f)(vector(1, 3)), [1, 1])
  })

  it('what was asked for is not computed again: the value enters the gradient once', () => {
    let asked = 0
    const f = (x: Tensor) => {
      const y = np.exp(x)
      if (y.item() > 0) asked++
      return y.mul(y)
    }
    expectClose(grad(f)(scalar(0.5)), [2 * Math.exp(1)])
    expect(asked).toBe(1)
  })

  it('an argument of jit has no value, whatever is around or inside', () => {
    for (const run of [
      () => jit(absolute)(scalar(1)),
      () => jit(grad(absolute))(scalar(1)),
      () => grad(jit(absolute))(scalar(1)),
      () => makeGraph(absolute)(scalar(1)),
      () => jit((x: Tensor) => vmap((y: Tensor) => y.mul(x.item()))(vector(1)))(scalar(1)),
    ]) {
      expect(run).toThrow(ConcretizationError)
      expect(run).toThrow(/where, cond or scan.*staticArgs/)
    }
  })

  it('a mapped argument of vmap has no value, an unmapped one and a captured one have', () => {
    expect(() => vmap(absolute)(vector(1))).toThrow(ConcretizationError)
    expect(() => vmap(grad(absolute))(vector(1))).toThrow(ConcretizationError)
    const scaled = (x: Tensor, s: Tensor) => (s.item() > 1 ? x.mul(s) : x)
    expectClose(vmap(scaled, [0, null])(vector(1, 2), scalar(3)), [3, 6])
    const outside = scalar(4)
    expectClose(vmap((x: Tensor) => x.mul(outside.item()))(vector(1, 2)), [4, 8])
  })

  it('what does not depend on an argument has a value even under jit', () => {
    const f = jit((x: Tensor) => {
      const n = np.arange(4).sum().item()
      return x.mul(n)
    })
    expectClose(f(scalar(2)), [12])
  })

  it('a failed question leaves nothing behind: the next call works', () => {
    const f = jit((x: Tensor) => {
      try {
        x.item()
      } catch {
        return x.mul(3)
      }
      return x
    })
    expectClose(f(scalar(2)), [6])
    expect(() => jit(absolute)(scalar(1))).toThrow(ConcretizationError)
    expectClose(np.add(scalar(1), 1), [2])
    expectClose(grad(absolute)(scalar(-1)), [-1])
  })

  it('a tracer as a JS number is refused, with a value or without', () => {
    expect(() => grad((x: Tensor) => x.mul(Number(x)))(scalar(3))).toThrow(ConcretizationError)
    expect(() => jit((x: Tensor) => x.mul(Number(x)))(scalar(3))).toThrow(ConcretizationError)
  })
})
