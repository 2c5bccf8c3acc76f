import { describe, expect, it } from 'vitest'
import { checkGrads } from '../../src/debug.js'
import { exportProgram, importProgram } from '../../src/export.js'
import {
  DTypeError,
  foriLoop,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jvp,
  MissingRuleError,
  makeGraph,
  np,
  ShapeError,
  scan,
  type Tensor,
  TreeMismatchError,
  vmap,
  whileLoop,
} from '../../src/index.js'
import { customLinearSolve } from '../../src/lax.js'
import * as linalg from '../../src/linalg.js'
import { expectClose, mistyped, scalar, vector } from './doubles.js'

type Linear = (x: Tensor) => Tensor

const dense = vector(4, 1, 0.5, -1, 3, 1, 0.25, 0.5, 5).reshape([3, 3])
const right = vector(1, -2, 3)

/** Jacobi's iteration: forty steps of a loop that says nothing of the derivative, and a count that has none. */
const iterate =
  (diagonal: Tensor) =>
  (matvec: Linear, b: Tensor): Tensor =>
    whileLoop(
      ([i]: readonly [Tensor, Tensor]) => i.less(60),
      ([i, x]: readonly [Tensor, Tensor]): readonly [Tensor, Tensor] => [
        i.add(1),
        x.add(b.sub(matvec(x)).div(diagonal)),
      ],
      [np.array(0, { dtype: 'int32' }), b.mul(0)],
    )[1]

const diagonalOf = (a: Tensor): Tensor =>
  a.mul(np.eye(3, undefined, 0, { dtype: 'float64' })).sum({ axis: 1 })

const iteratively = (a: Tensor, b: Tensor): Tensor =>
  customLinearSolve((x) => np.matmul(a, x), b, iterate(diagonalOf(a)), iterate(diagonalOf(a)))

const directly = (a: Tensor, b: Tensor): Tensor => linalg.solve(a, b)

const expectSame = (got: Tensor, want: Tensor): void => expectClose(got, [...want.dataSync()], want.shape)

describe('customLinearSolve', () => {
  it('has the derivatives of the solution by both modes, whatever the solver does', () => {
    expectSame(iteratively(dense, right), directly(dense, right))
    for (const argnum of [0, 1]) {
      expectSame(
        jacfwd(iteratively, { argnums: argnum })(dense, right),
        jacfwd(directly, { argnums: argnum })(dense, right),
      )
      expectSame(
        jacrev(iteratively, { argnums: argnum })(dense, right),
        jacrev(directly, { argnums: argnum })(dense, right),
      )
    }
    const [f, g] = [iteratively, directly].map((solve) => (a: Tensor, b: Tensor) => np.sin(solve(a, b)).sum())
    expectSame(grad(f)(dense, right), grad(g)(dense, right))
    expectSame(grad(jit(f))(dense, right), grad(g)(dense, right))
    expectSame(jit(grad(f))(dense, right), grad(g)(dense, right))
    expectSame(
      jvp(f, [dense, right], [dense, right.mul(2)])[1],
      jvp(g, [dense, right], [dense, right.mul(2)])[1],
    )
  })

  it('has second derivatives, in every order of modes', () => {
    const [f, g] = [iteratively, directly].map(
      (solve) => (b: Tensor) => np.sin(solve(dense.add(np.outer(b, b).mul(0.1)), b)).sum(),
    )
    const want = hessian(g)(right)
    expectSame(hessian(f)(right), want)
    expectSame(jacrev(jacrev(f))(right), want)
    expectSame(jacrev(jacfwd(f))(right), want)
    expectSame(jacfwd(jacfwd(f))(right), want)
    expectSame(jit(hessian(f))(right), want)
  })

  it('under vmap: right-hand sides, matrices, or both; with gradients', () => {
    const matrices = np.stack([dense, dense.T, dense.mul(2)])
    const sides = np.stack([right, right.mul(-1), right.add(1)])
    const loss = (solve: typeof directly) => (a: Tensor, b: Tensor) => np.sin(solve(a, b)).sum()
    for (const [axes, a, b] of [
      [[0, 0], matrices, sides],
      [[null, 0], dense, sides],
      [[0, null], matrices, right],
    ] as const) {
      expectSame(vmap(iteratively, axes)(a, b), vmap(directly, axes)(a, b))
      for (const argnums of [0, 1]) {
        const want = vmap(grad(loss(directly), { argnums }), axes)(a, b)
        expectSame(vmap(grad(loss(iteratively), { argnums }), axes)(a, b), want)
        expectSame(jit(vmap(grad(loss(iteratively), { argnums }), axes))(a, b), want)
        const mapped = (solve: typeof directly) => (x: Tensor, y: Tensor) =>
          vmap(loss(solve), axes)(x, y).sum()
        expectSame(grad(mapped(iteratively), { argnums })(a, b), grad(mapped(directly), { argnums })(a, b))
      }
    }
  })

  it('solves for trees, with a symmetric matrix that closes over what is differentiated', () => {
    type V = { readonly u: Tensor; readonly v: readonly [Tensor] }
    const solve = (k: Tensor, b: V): V => {
      const matvec = ({ u, v: [v] }: V): V => ({ u: u.mul(k).add(v), v: [u.add(v.mul(k).mul(3))] })
      return customLinearSolve(
        matvec,
        b,
        (_, { u, v: [v] }) => {
          const determinant = k.mul(k).mul(3).sub(1)
          return { u: u.mul(k).mul(3).sub(v).div(determinant), v: [v.mul(k).sub(u).div(determinant)] }
        },
        undefined,
        { symmetric: true },
      )
    }
    const b = { u: vector(1, 2), v: [vector(3, -1)] } as const
    const { u, v } = solve(scalar(2), b)
    expectClose(u, [3 / 11, 13 / 11])
    expectClose(v[0], [5 / 11, -4 / 11])
    const f = (k: Tensor, side: V) => {
      const x = solve(k, side)
      return x.u.mul(x.v[0]).sum()
    }
    checkGrads(f, [scalar(2), b], { order: 2 })
  })

  it('within loops, and over captured values of several transforms', () => {
    const f = (a: Tensor) =>
      grad((b: Tensor) => {
        const step = (c: Tensor, _: null): [Tensor, null] => [iteratively(a, c.add(b)), null]
        return np.sin(scan(step, right, null, { length: 3 })[0]).sum()
      })(right)
    const g = (a: Tensor) =>
      grad((b: Tensor) => np.sin(foriLoop(0, 3, (_, c: Tensor) => directly(a, c.add(b)), right)).sum())(right)
    expectSame(f(dense), g(dense))
    expectSame(jacfwd(f)(dense), jacfwd(g)(dense))
    expectSame(jacrev(f)(dense), jacrev(g)(dense))
  })

  it('in reverse mode asks for a solver of the transposed system', () => {
    const oneWay = (b: Tensor) =>
      customLinearSolve(
        function product(x) {
          return np.matmul(dense, x)
        },
        b,
        iterate(diagonalOf(dense)),
      )
    expectSame(jacfwd(oneWay)(right), linalg.inv(dense))
    expect(() => jacrev(oneWay)(right)).toThrow(MissingRuleError)
    expect(() => jacrev(oneWay)(right)).toThrow(/customLinearSolve\(product\).*transposeSolve.*symmetric/)
  })

  it('refuses what is no vector like b, and what is not linear but transposed', () => {
    const b = vector(1, 2)
    const identity = (_: unknown, x: Tensor) => x
    expect(() => customLinearSolve((x: Tensor) => x.sum(), b, identity)).toThrow(ShapeError)
    expect(() => customLinearSolve((x: Tensor) => x.astype('float32'), b, identity)).toThrow(DTypeError)
    expect(() =>
      customLinearSolve(
        (x: Tensor) => x,
        b,
        (_, x) => x.sum(),
      ),
    ).toThrow(/solve: f64\[2\] is required, got f64\[\]/)
    expect(() => customLinearSolve((x: Tensor) => mistyped<Tensor>([x]), b, identity)).toThrow(
      TreeMismatchError,
    )
    expect(() => customLinearSolve((x: Tensor) => x, np.array([1, 2], { dtype: 'int32' }), identity)).toThrow(
      DTypeError,
    )
    expect(() =>
      customLinearSolve(
        (x: Tensor) => x,
        b,
        (f, x) => f(x.sum()),
      ),
    ).toThrow(/matvec: f64\[2\]/)
    expect(() => customLinearSolve((x: Tensor) => np.sin(x), b, identity, identity)).toThrow(/sin/)
  })

  it('is one equation, and can be exported', () => {
    expect(String(makeGraph((b: Tensor) => iteratively(dense, b))(right))).toMatch(/linearSolve\[/)
    const loaded = importProgram<[Tensor, Tensor], Tensor>(exportProgram(iteratively, dense, right).toBytes())
    if (loaded._tag === 'Left') throw new Error(loaded.left.message)
    expectSame(jacrev(loaded.right.call)(dense, right), jacrev(directly)(dense, right))
  })
})
