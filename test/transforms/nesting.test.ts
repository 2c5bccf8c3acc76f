import { describe, expect, it } from 'vitest'
import {
  grad,
  hessian,
  jit,
  jvp,
  linearize,
  np,
  type Tensor,
  valueAndGrad,
  vjp,
  vmap,
} from '../../src/index.js'
import { expectClose, scalar, vector } from './doubles.js'

const { sin, cos, exp } = np

describe('derivatives of derivatives', () => {
  it('the third derivative of sin(x²) is −12x·sin(x²) − 8x³·cos(x²)', () => {
    const third = grad(grad(grad((x: Tensor) => sin(x.mul(x)))))
    for (const x of [-1.3, 0.4, 2]) {
      expectClose(third(scalar(x)), [-12 * x * Math.sin(x * x) - 8 * x ** 3 * Math.cos(x * x)])
    }
  })

  it('the sixth derivative of e^(2x) is 64·e^(2x)', () => {
    let f = (x: Tensor): Tensor => exp(x.mul(2))
    for (let i = 0; i < 6; i++) f = grad(f)
    expectClose(f(scalar(0.3)), [64 * Math.exp(0.6)])
  })

  it('jit(grad(jit(grad(jit(f))))) is the second derivative, and each is traced once', () => {
    const inner = jit((x: Tensor) => sin(x).mul(x))
    const outer = jit(grad(jit(grad(inner))))
    const want = (x: number) => 2 * Math.cos(x) - x * Math.sin(x)
    expectClose(outer(scalar(0.7)), [want(0.7)])
    expectClose(outer(scalar(1.1)), [want(1.1)])
    expect(outer.traceCount()).toBe(1)
    expect(inner.traceCount()).toBe(1)
  })

  it('jvp of vjp of jvp', () => {
    // f = x⁴, so the third derivative is 24x
    const f = (x: Tensor) => x.mul(x).mul(x).mul(x)
    const first = (x: Tensor) => jvp(f, [x], [scalar(1)])[1]
    const second = (x: Tensor) => vjp(first, x)[1](scalar(1))[0]
    expectClose(jvp(second, [scalar(1.5)], [scalar(1)])[1], [36])
  })

  it('linearize inside grad: the push is differentiated as well', () => {
    const f = (x: Tensor) => linearize((y: Tensor) => sin(y).mul(y), x)[1](x)
    // f = x·(sin x + x·cos x), f′ = sin x + 3x·cos x − x²·sin x
    const x = 0.9
    expectClose(grad(f)(scalar(x)), [Math.sin(x) + 3 * x * Math.cos(x) - x * x * Math.sin(x)])
  })

  it('valueAndGrad of a function that is itself a gradient', () => {
    const [value, gradient] = valueAndGrad(grad((x: Tensor) => x.mul(x).mul(x)))(scalar(2))
    expectClose(value, [12])
    expectClose(gradient, [12])
  })
})

describe('closures over outer tracers', () => {
  it('grad inside grad over different variables: ∂²(x²y³)/∂x∂y = 6xy²', () => {
    const mixed = (x: Tensor, y: Tensor) =>
      grad((a: Tensor) => grad((b: Tensor) => a.mul(a).mul(b).mul(b).mul(b))(y))(x)
    expectClose(mixed(scalar(2), scalar(3)), [6 * 2 * 9])
  })

  it('a jitted function that uses a variable being differentiated', () => {
    const f = (x: Tensor) => jit((y: Tensor) => y.mul(x).mul(x))(scalar(5))
    expectClose(grad(f)(scalar(3)), [30])
    expectClose(jit(grad(f))(scalar(3)), [30])
  })

  it('vmap over a function that uses a variable being differentiated: the contributions add up', () => {
    const f = (x: Tensor) => vmap((y: Tensor) => sin(x.mul(y)))(vector(1, 2, 3)).sum()
    expectClose(grad(f)(scalar(0.5)), [[1, 2, 3].reduce((s, y) => s + y * Math.cos(0.5 * y), 0)])
  })

  it('vmap inside vmap over both: the outer product', () => {
    const outer = vmap((x: Tensor) => vmap((y: Tensor) => x.mul(y))(vector(10, 20, 30)))(vector(1, 2))
    expectClose(outer, [10, 20, 30, 20, 40, 60], [2, 3])
  })

  it('grad of a mapped gradient that uses the outer variable', () => {
    // Σ d/dy (x·y²) = 2x·Σy
    const f = (x: Tensor) => vmap(grad((y: Tensor) => x.mul(y).mul(y)))(vector(1, 2, 4)).sum()
    expectClose(grad(f)(scalar(3)), [14])
  })

  it('three levels: grad in vmap in jit, each using all variables outside', () => {
    const f = jit((a: Tensor, bs: Tensor) =>
      vmap((b: Tensor) => grad((c: Tensor) => a.mul(b).mul(c).mul(c))(a.add(b)))(bs),
    )
    expectClose(f(scalar(2), vector(1, 3)), [2 * 2 * 1 * 3, 2 * 2 * 3 * 5])
  })
})

describe('perturbations are not confused', () => {
  it('d/dx x·(d/dy (x + y)) = 1', () => {
    expectClose(grad((x: Tensor) => x.mul(grad((y: Tensor) => x.add(y))(scalar(1))))(scalar(1)), [1])
  })

  it('the same value captured and differentiated: grad(y => x·y)(x) is x', () => {
    expectClose(grad((y: Tensor) => scalar(3).mul(y))(scalar(3)), [3])
    const x = scalar(3)
    expectClose(grad((y: Tensor) => x.mul(y))(x), [3])
    expectClose(grad((z: Tensor) => grad((y: Tensor) => z.mul(y))(z))(x), [1])
  })

  it('forward in forward: d/dx (x · d/dy (x·y²) at y = x) = 6x²', () => {
    const inner = (x: Tensor) => jvp((y: Tensor) => x.mul(y).mul(y), [x], [scalar(1)])[1]
    expectClose(jvp((x: Tensor) => x.mul(inner(x)), [scalar(2)], [scalar(1)])[1], [24])
  })

  it('reverse in forward and forward in reverse agree on mixed uses', () => {
    const f = (x: Tensor, y: Tensor) => sin(x.mul(y)).mul(y)
    const [x, y] = [0.6, 1.4]
    // ∂/∂x of ∂f/∂y
    const want = [2 * y * Math.cos(x * y) - x * y * y * Math.sin(x * y)]
    const byReverse = (a: Tensor) => grad((b: Tensor) => f(a, b))(scalar(y))
    const byForward = (a: Tensor) => jvp((b: Tensor) => f(a, b), [scalar(y)], [scalar(1)])[1]
    expectClose(jvp(byReverse, [scalar(x)], [scalar(1)])[1], want)
    expectClose(grad(byForward)(scalar(x)), want)
  })
})

describe('vmap and grad', () => {
  it('vmap(grad(f)) = grad(x => sum(vmap(f)(x))) = f′ at each point', () => {
    const f = (x: Tensor) => exp(sin(x)).mul(x)
    const xs = [-1, 0.5, 2]
    const want = xs.map((x) => Math.exp(Math.sin(x)) * (1 + x * Math.cos(x)))
    expectClose(vmap(grad(f))(vector(...xs)), want, [3])
    expectClose(grad((x: Tensor) => vmap(f)(x).sum())(vector(...xs)), want, [3])
    expectClose(jit(vmap(grad(jit(f))))(vector(...xs)), want, [3])
  })

  it('per-example gradients of a linear model: 2(w·x − y)·x', () => {
    const loss = (w: Tensor, x: Tensor, y: Tensor) => np.square(w.dot(x).sub(y))
    const xs = np.array(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: 'float64' },
    )
    const gradients = vmap(grad(loss), [null, 0, 0])(vector(1, -1), xs, vector(0, 1))
    // residuals −1 and −2
    expectClose(gradients, [-2, -4, -12, -16], [2, 2])
  })

  it('the Hessian of Σ sin(xᵢ)·x₀ by hand', () => {
    const f = (x: Tensor) => sin(x).sum().mul(x.get(0))
    const [a, b] = [0.3, 1.2]
    const h = hessian(f)(vector(a, b))
    expectClose(h, [2 * Math.cos(a) - a * Math.sin(a), Math.cos(b), Math.cos(b), -a * Math.sin(b)], [2, 2])
  })

  it('the Hessian of a tree: every pair of leaves, with shapes [...leaf, ...leaf]', () => {
    type Params = { readonly w: Tensor; readonly b: Tensor }
    // f = b·(w₀² + w₀·w₁)
    const f = ({ w, b }: Params) =>
      b.mul(
        w
          .get(0)
          .mul(w.get(0))
          .add(w.get(0).mul(w.get(1))),
      )
    const h = hessian(f)({ w: vector(2, 5), b: scalar(3) })
    expectClose(h.w.w, [6, 3, 3, 0], [2, 2])
    expectClose(h.w.b, [2 * 2 + 5, 2], [2])
    expectClose(h.b.w, [2 * 2 + 5, 2], [2])
    expectClose(h.b.b, [0], [])
  })

  it('a gradient of a gradient norm, as in gradient penalties', () => {
    const f = (x: Tensor) => cos(x).sum()
    const penalty = (x: Tensor) => np.square(grad(f)(x)).sum()
    const xs = [0.2, 1]
    expectClose(
      grad(penalty)(vector(...xs)),
      xs.map((x) => 2 * Math.sin(x) * Math.cos(x)),
    )
  })
})
