import { expect, it } from 'vitest'
import { cond, foriLoop, grad, jit, np, type Tensor, type TensorLike } from '../../../src/index.js'
import { describeOn } from './describeOn.js'

const backend = 'gpujs:headlessgl'

;(await describeOn(backend, 'GRAD_TS_REQUIRE_GL'))('JS numbers where there is no float64', () => {
  const x = np.array([1, 2])
  const rounded = (v: number): number => Math.fround(v)

  it('are rounded as they come', () => {
    const f = jit((y: Tensor, s: TensorLike) => y.mul(s), { backend })
    expect(f(x, 0.1).toArray()).toEqual([rounded(0.1), rounded(0.2)])
    expect(f(np.arange(3), 2).toArray()).toEqual([0, 2, 4])
    expect(f.traceCount()).toBe(2)
  })

  it('are carried, chosen, differentiated, and come back', () => {
    const f = jit(
      (y: Tensor, p: Tensor, s: TensorLike) => {
        const step = cond(
          p,
          () => s,
          () => 0.5,
        )
        const [sum] = foriLoop(0, 3, (_, [t, c]: readonly [Tensor, TensorLike]) => [t.add(c), c] as const, [
          y,
          step,
        ] as const)
        return [sum.sum(), np.sin(step), step] as const
      },
      { backend },
    )
    const [sum, sine, step] = f(x, np.array(true), 0.25)
    expect([sum.item(), np.add(step, 0).item()]).toEqual([4.5, 0.25])
    expect(sine.item()).toBeCloseTo(Math.sin(0.25), 6)
    const slope = jit(
      grad((s: TensorLike) => np.sin(s).add(foriLoop(0, 2, (_, y: Tensor) => y.mul(s), x).sum())),
      { backend },
    )
    expect(slope(0.5).item()).toBeCloseTo(Math.cos(0.5) + 3, 5)
  })
})
