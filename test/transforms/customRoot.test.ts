import { describe, expect, it } from 'vitest'
import { checkGrads } from '../../src/debug.js'
import { exportProgram, importProgram } from '../../src/export.js'
import {
  DTypeError,
  GradError,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jvp,
  np,
  ShapeError,
  scan,
  type Tensor,
  TreeMismatchError,
  tree,
  vmap,
  whileLoop,
} from '../../src/index.js'
import { customLinearSolve, customRoot } from '../../src/lax.js'
import * as linalg from '../../src/linalg.js'
import { expectClose, mistyped, scalar, vector } from './doubles.js'

type Map = (x: Tensor) => Tensor

const expectSame = (got: Tensor, want: Tensor): void => expectClose(got, [...want.dataSync()], want.shape)

/** A loop of unknown length, which has no reverse mode of its own. */
const newton = (f: Map, guess: Tensor): Tensor =>
  whileLoop(
    (x: Tensor) => np.abs(f(x)).greater(1e-13),
    (x: Tensor) => x.sub(f(x).div(grad((y: Tensor) => f(y))(x))),
    guess,
  )

const byDivision = (g: Map, y: Tensor): Tensor => y.div(g(np.ones([], { dtype: 'float64' })))

const sqrt = (a: Tensor): Tensor => customRoot((x: Tensor) => x.mul(x).sub(a), scalar(1), newton, byDivision)

/** v with g(v) = y by the matrix of g. */
const densely = (g: Map, y: Tensor): Tensor => {
  const direct = (matvec: Map, b: Tensor) => linalg.solve(jacfwd(matvec)(b), b)
  return customLinearSolve(g, y, direct, direct)
}

describe('customRoot', () => {
  it('sqrt by Newton in a whileLoop: derivatives of every order and mode', () => {
    const a = scalar(2)
    expectClose(sqrt(a), [Math.SQRT2])
    const [first, second, third] = [0.5 * 2 ** -0.5, -0.25 * 2 ** -1.5, 0.375 * 2 ** -2.5]
    expectClose(grad(sqrt)(a), [first])
    expectClose(jvp(sqrt, [a], [scalar(3)])[1], [3 * first])
    expectClose(jacfwd(sqrt)(a), [first])
    expectClose(grad(grad(sqrt))(a), [second])
    expectClose(jacfwd(grad(sqrt))(a), [second])
    expectClose(jacrev(jacfwd(sqrt))(a), [second])
    expectClose(jacfwd(jacfwd(sqrt))(a), [second])
    expectClose(grad(grad(grad(sqrt)))(a), [third])
    expectClose(jit(grad(sqrt))(a), [first])
    expectClose(grad(jit(sqrt))(a), [first])
    expectClose(jit(jacfwd(grad(jit(sqrt))))(a), [second])
  })

  it('under vmap, each lane by itself, in both orders with grad', () => {
    const a = vector(2, 9, 0.25)
    const slopes = [2, 9, 0.25].map((x) => 0.5 / Math.sqrt(x))
    expectClose(vmap(sqrt)(a), [Math.SQRT2, 3, 0.5])
    expectClose(vmap(grad(sqrt))(a), slopes)
    expectClose(grad((x: Tensor) => vmap(sqrt)(x).sum())(a), slopes)
    expectClose(jit(vmap(grad(sqrt)))(a), slopes)
    expectClose(
      vmap(jacfwd(grad(sqrt)))(a),
      [2, 9, 0.25].map((x) => -0.25 * x ** -1.5),
    )
    const shifted = (x: Tensor, y: Tensor) => sqrt(x.add(y))
    expectClose(vmap(grad(shifted, { argnums: 1 }), [0, null])(a, scalar(0)), slopes)
  })

  it('a fixed point x = cos(θ·x), of parameters in trees and captured by several transforms', () => {
    type P = { readonly theta: Tensor; readonly shift: readonly [Tensor] }
    const fixed = ({ theta, shift: [shift] }: P): Tensor =>
      customRoot(
        (x: Tensor) => np.cos(theta.mul(x)).add(shift).sub(x),
        scalar(0.5),
        (f, guess) =>
          whileLoop(
            ([i]: readonly [Tensor, Tensor]) => i.less(200),
            ([i, x]: readonly [Tensor, Tensor]): readonly [Tensor, Tensor] => [i.add(1), x.add(f(x))],
            [np.array(0, { dtype: 'int32' }), guess],
          )[1],
        byDivision,
      )
    const p: P = { theta: scalar(0.7), shift: [scalar(0.1)] }
    const x = fixed(p).item()
    expect(Math.cos(0.7 * x) + 0.1 - x).toBeCloseTo(0, 14)
    const slope = 1 + 0.7 * Math.sin(0.7 * x)
    const g = grad(fixed)(p)
    expectClose(g.theta, [(-x * Math.sin(0.7 * x)) / slope])
    expectClose(g.shift[0], [1 / slope])
    checkGrads(fixed, [p], { order: 2 })
    const nested = (t: Tensor) => grad((s: Tensor) => fixed({ theta: t, shift: [s] }).mul(t))(scalar(0.1))
    expectSame(grad(nested)(scalar(0.7)), jacfwd(nested)(scalar(0.7)))
    expectSame(jit(grad(nested))(scalar(0.7)), jacfwd(nested)(scalar(0.7)))
  })

  it('a linear system: the derivatives of linalg.solve', () => {
    const a = vector(4, 1, -1, 3).reshape([2, 2])
    const b = vector(1, -2)
    const rooted = (m: Tensor, c: Tensor): Tensor =>
      customRoot(
        (x: Tensor) => np.matmul(m, x).sub(c),
        np.zeros([2], { dtype: 'float64' }),
        () => linalg.solve(m, c),
        densely,
      )
    const plain = (m: Tensor, c: Tensor): Tensor => linalg.solve(m, c)
    expectSame(rooted(a, b), plain(a, b))
    for (const argnum of [0, 1]) {
      expectSame(jacfwd(rooted, { argnums: argnum })(a, b), jacfwd(plain, { argnums: argnum })(a, b))
      expectSame(jacrev(rooted, { argnums: argnum })(a, b), jacrev(plain, { argnums: argnum })(a, b))
    }
    const [f, g] = [rooted, plain].map((solve) => (m: Tensor) => np.sin(solve(m, b)).sum())
    expectSame(hessian(f)(a), hessian(g)(a))
    expectSame(jacrev(grad(f))(a), hessian(g)(a))
    const many = np.stack([a, a.T])
    expectSame(vmap(grad(f))(many), vmap(grad(g))(many))
    expectSame(jit(vmap(grad(f)))(many), vmap(grad(g))(many))
  })

  it('trees of unknowns: x + y = s, x·y = p', () => {
    type Pair = { readonly x: Tensor; readonly y: Tensor }
    const f = (s: Tensor, p: Tensor): Pair =>
      customRoot(
        ({ x, y }: Pair): Pair => ({ x: x.add(y).sub(s), y: x.mul(y).sub(p) }),
        { x: scalar(0), y: scalar(1) },
        () => {
          const root = np.sqrt(s.mul(s).div(4).sub(p))
          return { x: s.div(2).sub(root), y: s.div(2).add(root) }
        },
        (g, r) => {
          const [one, zero] = [np.ones([], { dtype: 'float64' }), np.zeros([], { dtype: 'float64' })]
          const [c, d] = [g({ x: one, y: zero }), g({ x: zero, y: one })]
          const determinant = c.x.mul(d.y).sub(d.x.mul(c.y))
          return {
            x: r.x.mul(d.y).sub(d.x.mul(r.y)).div(determinant),
            y: c.x.mul(r.y).sub(r.x.mul(c.y)).div(determinant),
          }
        },
      )
    const { x, y } = f(scalar(5), scalar(6))
    expectClose(x, [2])
    expectClose(y, [3])
    // x = s/2 − √(s²/4 − p)
    expectClose(grad((s: Tensor) => f(s, scalar(6)).x)(scalar(5)), [-2])
    expectClose(grad((p: Tensor) => f(scalar(5), p).y)(scalar(6)), [-1])
    checkGrads((s: Tensor, p: Tensor) => tree.leaves(f(s, p)) as Tensor[], [scalar(5), scalar(6)], {
      order: 2,
    })
  })

  it('hands aux through, without a derivative; the initial guess has none either', () => {
    const counted = (a: Tensor, guess: Tensor) =>
      customRoot(
        (x: Tensor) => x.mul(x).sub(a),
        guess,
        (f, start): [Tensor, { readonly steps: Tensor; readonly last: Tensor }] => {
          const [steps, x] = whileLoop(
            ([, x]: readonly [Tensor, Tensor]) => np.abs(f(x)).greater(1e-13),
            ([i, x]: readonly [Tensor, Tensor]): readonly [Tensor, Tensor] => [
              i.add(1),
              x.sub(f(x).div(x.mul(2))),
            ],
            [np.array(0, { dtype: 'int32' }), start],
          )
          return [x, { steps, last: f(x) }]
        },
        byDivision,
        { hasAux: true },
      )
    const [root, { steps, last }] = counted(scalar(4), scalar(1))
    expectClose(root, [2])
    expect(steps.dtype).toBe('int32')
    expect(steps.item()).toBeGreaterThan(3)
    expectClose(last, [0])
    const loss = (a: Tensor, guess: Tensor): [Tensor, Tensor] => {
      const [x, aux] = counted(a, guess)
      return [x.add(aux.last), aux.steps]
    }
    const [[da, dguess], count] = grad(loss, { argnums: [0, 1], hasAux: true })(scalar(4), scalar(1))
    expectClose(da, [0.25])
    expectClose(dguess, [0])
    expect(count.item()).toBe(steps.item())
  })

  it('within a scan, differentiated through', () => {
    const f = (a: Tensor) =>
      scan((c: Tensor, _: null): [Tensor, null] => [sqrt(c.add(a)), null], scalar(1), null, { length: 3 })[0]
    const plain = (a: Tensor) => np.sqrt(np.sqrt(np.sqrt(a.add(1)).add(a)).add(a))
    expectClose(f(scalar(2)), [plain(scalar(2)).item()])
    expectSame(grad(f)(scalar(2)), grad(plain)(scalar(2)))
    expectSame(jit(grad(grad(f)))(scalar(2)), grad(grad(plain))(scalar(2)))
  })

  it('can be exported with what it is made of, and its gradient as operations', () => {
    const loaded = importProgram<[Tensor], [Tensor, Tensor]>(
      exportProgram((a: Tensor): [Tensor, Tensor] => [sqrt(a), grad(sqrt)(a)], scalar(1)).toBytes(),
    )
    if (loaded._tag === 'Left') throw new Error(loaded.left.message)
    const [root, slope] = loaded.right.call(scalar(9))
    expectClose(root, [3])
    expectClose(slope, [1 / 6])
  })

  it('refuses what is not like the guess, by name', () => {
    const guess = vector(1, 2)
    const same = (_: unknown, x: Tensor) => x
    expect(() => customRoot((x: Tensor) => x.sum(), guess, same, same)).toThrow(ShapeError)
    expect(() => customRoot((x: Tensor) => x.sum(), guess, same, same)).toThrow(
      /f: f64\[2\] is required, got f64\[\]/,
    )
    expect(() =>
      customRoot(
        (x: Tensor) => x,
        guess,
        (_, x) => x.astype('float32'),
        same,
      ),
    ).toThrow(DTypeError)
    expect(() =>
      customRoot(
        (x: Tensor) => x,
        guess,
        (_, x) => mistyped<Tensor>({ x }),
        same,
      ),
    ).toThrow(TreeMismatchError)
    expect(() => customRoot((x: Tensor) => x, np.array(1, { dtype: 'int32' }), same, same)).toThrow(
      DTypeError,
    )
    expect(() =>
      customRoot(
        (x: Tensor) => x,
        guess,
        (_, x) => mistyped<[Tensor, Tensor]>(x),
        same,
        { hasAux: true },
      ),
    ).toThrow(GradError)
    const wrongTangent = (a: Tensor) =>
      customRoot(
        (x: Tensor) => x.sub(a),
        guess,
        () => a.add(0),
        (_, y) => y.sum(),
      ).sum()
    expectClose(wrongTangent(guess), [3])
    expect(() => grad(wrongTangent)(guess)).toThrow(/tangentSolve: f64\[2\]/)
  })
})
