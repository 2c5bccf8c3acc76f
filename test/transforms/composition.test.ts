import { describe, expect, it } from 'vitest'
import {
  ConcretizationError,
  customVjp,
  DTypeError,
  grad,
  hessian,
  jit,
  np,
  ShapeError,
  type Tensor,
  TracerLeakError,
  vmap,
} from '../../src/index.js'

const x64 = (...xs: readonly number[]): Tensor => np.array([...xs], { dtype: 'float64' })
const at64 = (x: number): Tensor => x64(x).reshape([])
const close = (got: Tensor, want: readonly number[]): void => {
  const values = [...got.dataSync()]
  expect(values.length).toBe(want.length)
  values.forEach((v, i) => {
    expect(v).toBeCloseTo(want[i], 10)
  })
}

describe('transforms compose', () => {
  it('third derivative of x⁴ is 24x', () => {
    const f = (x: Tensor) => x.mul(x).mul(x).mul(x)
    close(grad(grad(grad(f)))(at64(2)), [48])
  })

  it('vmap(grad(f)) and grad(sum ∘ vmap(f)) are both f′ at each point', () => {
    const f = (x: Tensor) => np.sin(x).mul(x)
    const want = [1, 2, 3].map((x) => Math.cos(x) * x + Math.sin(x))
    close(vmap(grad(f))(x64(1, 2, 3)), want)
    close(grad((x: Tensor) => vmap(f)(x).sum())(x64(1, 2, 3)), want)
  })

  it('jit(grad(jit(f))) is grad(f), traced once', () => {
    const f = jit(grad(jit((x: Tensor) => np.sin(x).mul(x))))
    close(f(at64(2)), [Math.cos(2) * 2 + Math.sin(2)])
    close(f(at64(1)), [Math.cos(1) + Math.sin(1)])
    expect(f.traceCount()).toBe(1)
  })

  it('does not confuse perturbations', () => {
    close(grad((x: Tensor) => x.mul(grad((y: Tensor) => x.add(y))(at64(1))))(at64(1)), [1])
    close(grad((x: Tensor) => grad((y: Tensor) => x.mul(y))(x))(at64(3)), [1])
  })

  it('hessian of a tree has a block for each pair of leaves', () => {
    const h = hessian((p: { a: Tensor; b: Tensor }) => p.a.mul(p.a).mul(p.b).sum())({ a: x64(2), b: x64(5) })
    close(h.a.a, [10])
    close(h.a.b, [4])
    close(h.b.a, [4])
    close(h.b.b, [0])
  })

  it('JS control flow works under grad, and is refused by name under jit and vmap', () => {
    const f = (x: Tensor) => (x.item() > 0 ? x.mul(x) : x)
    close(grad(f)(at64(3)), [6])
    expect(() => jit(f)(at64(3))).toThrow(ConcretizationError)
    expect(() => vmap(f)(x64(3))).toThrow(ConcretizationError)
  })

  it('customVjp holds under jit under vmap', () => {
    const f = customVjp(
      (x: Tensor) => np.sin(x),
      (x: Tensor): [Tensor, Tensor] => [np.sin(x), x],
      (x, ct) => [ct.mul(x).mul(100)],
    )
    close(vmap(jit(grad(f)))(x64(1, 2)), [100, 200])
  })

  it('ties, zeros and edges have the derivatives that are documented', () => {
    close(grad((x: Tensor) => x.prod())(x64(0, 2, 3)), [6, 0, 0])
    close(grad((x: Tensor) => x.max())(x64(1, 2, 2)), [0, 0.5, 0.5])
    close(grad((x: Tensor) => np.maximum(x, 1).sum())(x64(1)), [0.5])
    close(grad((x: Tensor) => np.abs(x).sum())(x64(0)), [0])
  })
})

describe('misuse is named', () => {
  it('a result that is no scalar, an integer argument, a tracer kept after its trace', () => {
    expect(() => grad((x: Tensor) => x)(x64(1, 2))).toThrow(ShapeError)
    expect(() => grad((x: Tensor) => x.sum())(np.array([1, 2], { dtype: 'int32' }))).toThrow(DTypeError)
    const kept: Tensor[] = []
    jit((x: Tensor) => {
      kept.push(x.add(1))
      return x
    })(at64(1))
    expect(() => kept[0].add(1)).toThrow(TracerLeakError)
  })

  it('donated tensors throw on later use', () => {
    const x = x64(1, 2)
    jit((y: Tensor) => y.add(1), { donate: [0] })(x)
    expect(() => x.add(1)).toThrow('donated')
  })
})
