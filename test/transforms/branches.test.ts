import { describe, expect, it } from 'vitest'
import { explain } from '../../src/debug.js'
import {
  cond,
  GradError,
  grad,
  hessian,
  jacfwd,
  jit,
  jvp,
  makeGraph,
  np,
  ShapeError,
  scan,
  switchCase,
  type Tensor,
  TreeMismatchError,
  vmap,
} from '../../src/index.js'
import { expectClose, vector } from './doubles.js'

/** ln x above 0, 3x elsewhere: the untaken branch is NaN or infinite. */
const guarded = (x: Tensor): Tensor =>
  cond(
    x.greater(0),
    (y: Tensor) => np.log(y),
    (y: Tensor) => y.mul(3),
    x,
  )

describe('cond', () => {
  it('takes one branch, by a bool or a number', () => {
    expect([-2, 1].map((x) => guarded(np.array(x)).item())).toEqual([-6, 0])
    expect(
      [0, 2].map((p) =>
        cond(
          p,
          () => np.array(1),
          () => np.array(2),
        ).item(),
      ),
    ).toEqual([2, 1])
    expect(jit(guarded)(np.array(-2)).item()).toBe(-6)
  })

  it('never lets NaN of the other branch into a gradient, whatever the order of transforms', () => {
    const xs = np.array([2, -1, 0])
    expect(grad(guarded)(np.array(0)).item()).toBe(3)
    expect(vmap(grad(guarded))(xs).toArray()).toEqual([0.5, 3, 3])
    expect(grad((x: Tensor) => vmap(guarded)(x).sum())(xs).toArray()).toEqual([0.5, 3, 3])
    expect(jit(grad((x: Tensor) => vmap(guarded)(x).sum()))(xs).toArray()).toEqual([0.5, 3, 3])
    expect(vmap(vmap(grad(guarded)))(np.stack([xs, xs])).toArray()).toEqual([
      [0.5, 3, 3],
      [0.5, 3, 3],
    ])
    expect(vmap(grad(grad(guarded)))(xs).toArray()).toEqual([-0.25, 0, 0])
    const shared = (w: Tensor) =>
      vmap(
        (x: Tensor) =>
          cond(
            x.greater(0),
            () => np.log(x).mul(w),
            () => w,
          ),
        0,
      )(xs).sum()
    expect(grad(shared)(np.array(1)).item()).toBeCloseTo(Math.log(2) + 2, 6)
  })

  it('differentiates closures, in both modes and twice', () => {
    const f = (p: Tensor) => (x: Tensor) =>
      cond(
        p,
        () => x.mul(x).mul(x),
        () => np.sin(x),
      )
    const x = np.array(2)
    const on = np.array(true)
    const off = np.array(false)
    expect(grad(f(on))(x).item()).toBe(12)
    expect(jvp(f(off), [x], [np.array(1)])[1].item()).toBeCloseTo(Math.cos(2), 6)
    expect(hessian(f(on))(x).item()).toBe(12)
    expect(jacfwd(grad(f(off)))(x).item()).toBeCloseTo(-Math.sin(2), 6)
  })

  it('within a scan, differentiated, under vmap: each lane takes its own way in every step', () => {
    const walk = (x: Tensor, gates: Tensor) =>
      scan(
        (s: Tensor, g: Tensor) =>
          [
            cond(
              g.greater(0),
              (y: Tensor) => y.mul(y),
              (y: Tensor) => y.mul(5),
              s,
            ),
            null,
          ] as const,
        x,
        gates,
      )[0]
    const gates = np.array([
      [1, -1, 1],
      [-1, -1, -1],
    ])
    const xs = np.array([2, 3])
    // (5x²)² = 25x⁴ and 125x
    expect(vmap(walk)(xs, gates).toArray()).toEqual([400, 375])
    expect(vmap(grad(walk))(xs, gates).toArray()).toEqual([800, 125])
    expect(grad((x: Tensor) => vmap(walk)(x, gates).sum())(xs).toArray()).toEqual([800, 125])
  })

  it('runs one branch: the compiled program holds both behind the index', () => {
    const text = explain(jit(guarded).lower(np.array(1)))
    expect(text).toMatch(/cond by b\d+/)
    expect(makeGraph(guarded)(np.array(1)).toString()).toMatch(/cond\[branches/)
  })

  it('gives results of JS numbers the type of the other branch', () => {
    const f = (p: Tensor) =>
      cond(
        p,
        () => np.ones([], { dtype: 'float64' }),
        () => np.add(1, 1),
      )
    expect(f(np.array(false)).dtype).toBe('float64')
    expect(f(np.array(false)).item()).toBe(2)
  })

  it.each<readonly [string, () => unknown, new (m: string) => Error, RegExp]>([
    [
      'a predicate with axes',
      () =>
        cond(
          np.zeros([2]),
          () => 1,
          () => 2,
        ),
      ShapeError,
      /scalar predicate/,
    ],
    [
      'results of different shapes',
      () =>
        cond(
          true,
          () => np.zeros([2]),
          () => np.zeros([3]),
        ),
      ShapeError,
      /f32\[3\] and f32\[2\]|f32\[2\] and f32\[3\]/,
    ],
    [
      'results of different structure',
      () =>
        cond(
          true,
          () => [np.zeros([])],
          () => np.zeros([]) as unknown as Tensor[],
        ),
      TreeMismatchError,
      /results/,
    ],
    ['no branches', () => switchCase(0, []), GradError, /at least one branch/],
    ['an index that is no integer', () => switchCase(np.array(0.5), [() => 1]), ShapeError, /integer scalar/],
  ])('%s is refused', (_what, run, type, message) => {
    expect(run).toThrow(type)
    expect(run).toThrow(message)
  })
})

describe('switchCase', () => {
  const f = (i: Tensor | number, x: Tensor): Tensor =>
    switchCase(i, [(y: Tensor) => y.mul(2), (y: Tensor) => y.mul(y), (y: Tensor) => np.exp(y)], x)

  it('clamps its index', () => {
    expect([-5, 0, 1, 2, 9].map((i) => f(i, np.array(0)).item())).toEqual([0, 0, 0, 1, 1])
    expect([-5, 0, 1].map((i) => f(i, np.array(3)).item())).toEqual([6, 6, 9])
  })

  it('under vmap over the index, gradients are each lane’s own where values within branches have lanes on other axes', () => {
    const places = np.array([2, 0], { dtype: 'int32' })
    const scaled = (y: Tensor) =>
      y
        .at(places)
        .mul(np.tanh(y.at(places).get()))
        .mul(y)
    const f = (p: Tensor, y: Tensor) =>
      cond(p.greater(0), scaled, (z: Tensor) => scaled(z.mul(0.5)), y)
        .mul(vector(1, 2, 3))
        .sum()
    const [p, y] = [vector(1, -1, 2), vector(0.5, -1, 2, 3, 1, 0.25, -2, 4, 1.5).reshape([3, 3])]
    const got = vmap(grad(f, { argnums: 1 }))(p, y)
    const outside = grad((z: Tensor) => vmap(f)(p, z).sum())(y)
    const each = [0, 1, 2].flatMap((i) => [
      ...grad(f, { argnums: 1 })(p.at(i).get(), y.at(i).get()).dataSync(),
    ])
    expectClose(got, each, [3, 3])
    expectClose(outside, each, [3, 3])
    expectClose(jit(vmap(grad(f, { argnums: 1 })))(p, y), each, [3, 3])
  })

  it('under vmap over the index takes a branch a lane, with its gradient', () => {
    const index = np.array([-1, 1, 7], { dtype: 'int32' })
    expect(vmap(f, [0, null])(index, np.array(0)).toArray()).toEqual([0, 0, 1])
    expect(
      vmap(grad(f, { argnums: 1 }), [0, null])(index, np.array(3))
        .get(1)
        .item(),
    ).toBe(6)
  })
})
