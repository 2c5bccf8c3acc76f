import { describe, expect, it } from 'vitest'
import {
  ConcretizationError,
  cond,
  customVjp,
  GradError,
  grad,
  hessian,
  jit,
  jvp,
  np,
  remat,
  ShapeError,
  scan,
  type Tensor,
  vmap,
  whileLoop,
} from '../../src/index.js'
import * as lax from '../../src/lax.js'
import { expectClose, vector } from './doubles.js'

const x = vector(0.5, -1, 2)
const data = [0.5, -1, 2]
const total = data.reduce((s, v) => s + v, 0)
const over = <R>(f: (x: Tensor) => R, xs: Tensor = x): R => vmap(f, 0, 0, { axisName: 'i' })(xs)
/** A table of rows `a` and columns `b`. */
const table = np.array(
  [
    [1, 2, 3],
    [10, 20, 30],
  ],
  { dtype: 'float64' },
)

describe('collectives', () => {
  it('reduce over the lanes of their axis, trees and several axes too', () => {
    const all = over((y) => ({
      sum: lax.psum([y, y.mul(y)], 'i'),
      most: lax.pmax(y, 'i'),
      least: lax.pmin(y, 'i'),
    }))
    expectClose(all.sum[0], [total, total, total])
    expectClose(all.sum[1], [5.25, 5.25, 5.25])
    expectClose(all.most, [2, 2, 2])
    expectClose(all.least, [-1, -1, -1])
    const both = vmap(
      vmap((y: Tensor) => lax.psum(y, ['a', 'b']), 0, 0, { axisName: 'b' }),
      0,
      0,
      { axisName: 'a' },
    )
    expectClose(both(table), [66, 66, 66, 66, 66, 66], [2, 3])
  })

  it('count a value that is the same for all lanes once for each', () => {
    expectClose(
      over((y) => y.mul(lax.psum(1, 'i'))),
      [1.5, -3, 6],
    )
    expect(over((y) => lax.pmean(np.array(4).add(y.mul(0)), 'i')).toArray()).toEqual([4, 4, 4])
    expect(over((y) => y.mul(lax.axisSize('i'))).toArray()).toEqual([1.5, -3, 6])
  })

  it('of one axis leave the lanes of the other apart', () => {
    const rows = vmap(
      vmap((y: Tensor) => lax.psum(y, 'a'), 0, 0, { axisName: 'b' }),
      0,
      0,
      { axisName: 'a' },
    )
    expectClose(rows(table), [11, 22, 33, 11, 22, 33], [2, 3])
    const inner = vmap(
      vmap((y: Tensor) => lax.psum(y, 'a'), 0, 0, { axisName: 'a' }),
      0,
      0,
      { axisName: 'a' },
    )
    expectClose(inner(table), [6, 6, 6, 60, 60, 60], [2, 3])
  })

  it('gather all lanes along any axis, as a new one or tiled', () => {
    const rows = (f: (y: Tensor) => Tensor) => vmap(f, 0, 0, { axisName: 'i' })(table)
    expect(
      rows((y) => lax.allGather(y, 'i', { axis: -1 }))
        .get(0)
        .toArray(),
    ).toEqual([
      [1, 10],
      [2, 20],
      [3, 30],
    ])
    expect(
      rows((y) => lax.allGather(y, 'i', { tiled: true }))
        .get(1)
        .toArray(),
    ).toEqual([1, 2, 3, 10, 20, 30])
  })

  it('send along pairs of lanes, zeros where nothing arrives', () => {
    const turned = over((y) =>
      lax.ppermute(y, 'i', [
        [0, 2],
        [2, 0],
      ]),
    )
    expect(turned.toArray()).toEqual([2, 0, 0.5])
    expect(() => over((y) => lax.ppermute(y, 'i', [[0, 3]]))).toThrow(ShapeError)
    expect(() =>
      over((y) =>
        lax.ppermute(y, 'i', [
          [0, 1],
          [2, 1],
        ]),
      ),
    ).toThrow(/get once/)
  })

  it('know the number of the lane, also where no argument is mapped', () => {
    const lanes = vmap(() => lax.axisIndex('i'), [], 0, { axisName: 'i', axisSize: 4 })
    expect(lanes().toArray()).toEqual([0, 1, 2, 3])
    expect(() => vmap((y: Tensor) => y, 0, 0, { axisSize: 4 })(x)).toThrow(/axisSize 4 are required, got 3/)
  })
})

describe('a named axis that is not there', () => {
  it('is refused by name', () => {
    expect(() => lax.psum(x, 'i')).toThrow(GradError)
    expect(() => over((y) => lax.psum(y, 'j'))).toThrow(/'j' where i can be named/)
    expect(() => jit((y: Tensor) => lax.axisIndex('i').add(y))(x)).toThrow(GradError)
  })

  it('has no lane whose number could be asked for', () => {
    expect(() => over((y) => y.mul(lax.axisIndex('i').item()))).toThrow(ConcretizationError)
  })
})

describe('derivatives within a named axis', () => {
  const f = (y: Tensor) => np.sin(y).mul(lax.psum(np.square(y), 'i'))
  const squares = data.reduce((s, v) => s + v * v, 0)
  const sines = data.reduce((s, v) => s + Math.sin(v), 0)
  // Σ_j sin(x_j)·Σ_k x_k²: by x_i, cos(x_i)·Σx² + 2x_i·Σ sin x
  const expected = data.map((v) => Math.cos(v) * squares + 2 * v * sines)

  it('are those of the sum over the lanes', () => {
    expectClose(over(grad(f)), expected)
    expectClose(grad((y: Tensor) => over(f, y).sum())(x), expected)
    expectClose(over(jit(grad(jit(f)))), expected)
    expectClose(jit((y: Tensor) => over(grad(f), y))(x), expected)
    expectClose(over(grad(remat(f))), expected)
  })

  it('agree between the modes', () => {
    const v = vector(1, -2, 0.5)
    const forward = vmap((y: Tensor, dy: Tensor) => jvp(f, [y], [dy])[1], 0, 0, { axisName: 'i' })(x, v)
    const whole = jvp((y: Tensor) => over(f, y), [x], [v])[1]
    expectClose(forward, whole.toArray() as number[])
    const second = hessian((y: Tensor) => over(f, y).sum())(x)
    expectClose(np.trace(second), [
      data.reduce((s, a) => s - Math.sin(a) * squares + 4 * a * Math.cos(a) + 2 * sines, 0),
    ])
  })

  it('of gathers and permutations go back to where the values came from', () => {
    const weights = np.array([1, 10, 100], { dtype: 'float64' })
    // every lane sees Σ_k w_k x_k, so lane k has 3·w_k
    expectClose(over(grad((y: Tensor) => lax.allGather(y, 'i').mul(weights).sum())), [3, 30, 300])
    const sent = (y: Tensor) =>
      lax
        .ppermute(y, 'i', [
          [0, 1],
          [1, 2],
        ])
        .mul(lax.axisIndex('i').add(1))
    expectClose(over(grad(sent)), [2, 3, 0])
    expectClose(over(grad((y: Tensor) => lax.pmax(y, 'i'))), [0, 0, 3])
  })
})

describe('collectives inside of', () => {
  it('scan, cond and whileLoop bodies', () => {
    const steps = (y: Tensor) =>
      scan(
        (c: Tensor, k: Tensor) => [lax.pmean(c.mul(k), 'i'), c] as const,
        y,
        np.array([2, 3], { dtype: 'float64' }),
      )[0]
    expectClose(
      over(steps),
      data.map(() => total * 2),
    )
    // no operand of the loop is mapped, its body tells lanes apart all the same
    const counted = () =>
      whileLoop(
        (n: Tensor) => np.less(n, 10),
        (n: Tensor) => n.add(lax.axisIndex('i')).add(4),
        np.array(0),
      )
    expect(vmap(counted, [], 0, { axisName: 'i', axisSize: 3 })().toArray()).toEqual([12, 10, 12])
    const either = (y: Tensor) =>
      cond(
        np.greater(y, 0),
        (z: Tensor) => z.mul(lax.axisIndex('i')),
        (z: Tensor) => z.sub(lax.psum(1, 'i')),
        y,
      )
    expectClose(over(either), [0, -4, 4])
  })

  it('jit, traced again for another size of the axis', () => {
    const share = jit((y: Tensor) => y.div(lax.psum(y, 'i')))
    expectClose(over(share, vector(1, 3)), [0.25, 0.75])
    expectClose(over(share, vector(1, 3, 4)), [0.125, 0.375, 0.5])
    expectClose(over(share, vector(2, 3, 5)), [0.2, 0.3, 0.5])
    expect(share.traceCount()).toBe(2)
    expect(share.retraces()).toEqual(['named axes changed from [i:2] to [i:3]'])
  })

  it('rules of customVjp, differentiated outside of the axis', () => {
    const halved = customVjp(
      (y: Tensor) => np.sin(y),
      (y: Tensor): [Tensor, Tensor] => [np.sin(y), y],
      (y, ct) => [lax.psum(ct.mul(np.cos(y)), 'i')],
    )
    const cosines = data.reduce((s, v) => s + Math.cos(v), 0)
    expectClose(over(grad((y: Tensor) => halved(y))), [cosines, cosines, cosines])
    expectClose(grad((y: Tensor) => over(halved, y).sum())(x), [cosines, cosines, cosines])
  })
})
