import { describe, expect, it } from 'vitest'
import {
  DTypeError,
  GradError,
  hessian,
  jacfwd,
  jacrev,
  jit,
  np,
  type Tensor,
  vmap,
} from '../../src/index.js'
import { expectClose, scalar, vector } from './doubles.js'

const both = [
  ['jacfwd', jacfwd],
  ['jacrev', jacrev],
] as const

describe.each(both)('%s', (_name, jacobian) => {
  it('of a vector function has shape [...out, ...in]', () => {
    // (x₀x₁, x₁², sin x₀)
    const f = (x: Tensor) => np.stack([x.get(0).mul(x.get(1)), np.square(x.get(1)), np.sin(x.get(0))])
    expectClose(jacobian(f)(vector(2, 3)), [3, 2, 0, 6, Math.cos(2), 0], [3, 2])
  })

  it('of matrices: d(AX)/dX, entry by entry', () => {
    const a = np.array(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: 'float64' },
    )
    const j = jacobian((x: Tensor) => a.matmul(x))(np.ones([2, 3], { dtype: 'float64' }))
    expect(j.shape).toEqual([2, 3, 2, 3])
    const rows = [
      [1, 2],
      [3, 4],
    ]
    const want = [0, 1].flatMap((i) =>
      [0, 1, 2].flatMap((k) => [0, 1].flatMap((m) => [0, 1, 2].map((l) => (k === l ? rows[i][m] : 0)))),
    )
    expectClose(j, want)
  })

  it('of trees: for every leaf of the result a tree like the argument', () => {
    type Point = { readonly x: Tensor; readonly t: Tensor }
    const f = ({ x, t }: Point) => ({ u: x.mul(t), v: [x.sum(), np.square(t)] as const })
    const j = jacobian(f)({ x: vector(2, 5), t: scalar(3) })
    expectClose(j.u.x, [3, 0, 0, 3], [2, 2])
    expectClose(j.u.t, [2, 5], [2])
    expectClose(j.v[0].x, [1, 1], [2])
    expectClose(j.v[0].t, [0], [])
    expectClose(j.v[1].x, [0, 0], [2])
    expectClose(j.v[1].t, [6], [])
  })

  it('of another argument; of a function of a scalar; under jit and vmap', () => {
    const f = (x: Tensor, y: Tensor) => x.mul(np.square(y))
    expectClose(jacobian(f, { argnums: 1 })(scalar(2), scalar(3)), [12], [])
    expectClose(jit(jacobian((x: Tensor) => np.square(x)))(vector(1, 4)), [2, 0, 0, 8], [2, 2])
    const each = vmap(jacobian((x: Tensor) => np.square(x)))(
      np.array(
        [
          [1, 2],
          [3, 4],
        ],
        { dtype: 'float64' },
      ),
    )
    expectClose(each, [2, 0, 0, 4, 6, 0, 0, 8], [2, 2, 2])
  })

  it('of several arguments is an array at every leaf; positions count from the end, too', () => {
    const f = (x: Tensor, { t }: { readonly t: Tensor }) => ({ u: x.mul(t) })
    const j = jacobian(f, { argnums: [1, 0] })(vector(2, 5), { t: scalar(3) })
    expectClose(j.u[0].t, [2, 5], [2])
    expectClose(j.u[1], [3, 0, 0, 3], [2, 2])
    expectClose(jacobian(f, { argnums: -1 })(vector(2, 5), { t: scalar(3) }).u.t, [2, 5], [2])
    expectClose(jacobian(f, { argnums: [-2] })(vector(2, 5), { t: scalar(3) }).u[0], [3, 0, 0, 3], [2, 2])
  })

  it('refuses integers and arguments that are not there', () => {
    expect(() => jacobian((x: Tensor) => x)(np.array([1, 2], { dtype: 'int32' }))).toThrow(DTypeError)
    expect(() => jacobian((x: Tensor) => x, { argnums: 3 })(scalar(1))).toThrow(GradError)
    const argnum = { argnum: 1 } as { readonly argnums?: number }
    expect(() => jacobian((x: Tensor) => x, argnum)(scalar(1))).toThrow('options among argnums')
  })
})

describe('hessian', () => {
  it('of a quadratic form is A + Aᵀ, inside jit too', () => {
    const a = np.array(
      [
        [1, 2],
        [5, 7],
      ],
      { dtype: 'float64' },
    )
    const form = (x: Tensor) => x.dot(a.matmul(x))
    expectClose(hessian(form)(vector(0.1, 3)), [2, 7, 7, 14], [2, 2])
    expectClose(jit(hessian(form))(vector(0.1, 3)), [2, 7, 7, 14], [2, 2])
  })

  it('of several arguments has a row and a column for each', () => {
    const f = (x: Tensor, y: Tensor) => x.mul(x).mul(y).sum()
    const [[xx, xy], [yx, yy]] = hessian(f, { argnums: [0, 1] })(scalar(2), scalar(3))
    expect([xx, xy, yx, yy].map((h) => h.item())).toEqual([6, 4, 4, 0])
    expectClose(hessian(f, { argnums: -2 })(scalar(2), scalar(3)), [6], [])
  })

  it('of another argument', () => {
    const f = (x: Tensor, y: Tensor) => x.mul(y).mul(y).mul(y).sum()
    expectClose(hessian(f, { argnums: 1 })(scalar(2), scalar(3)), [36], [])
  })
})
