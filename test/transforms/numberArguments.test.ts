import { describe, expect, it } from 'vitest'
import { checkGrads } from '../../src/debug.js'
import { exportProgram, importProgram } from '../../src/export.js'
import {
  cond,
  customJvp,
  customVjp,
  DTypeError,
  evalShape,
  foriLoop,
  grad,
  jit,
  jvp,
  linearize,
  makeGraph,
  map,
  np,
  remat,
  ShapeError,
  scan,
  switchCase,
  type Tensor,
  type TensorLike,
  valueAndGrad,
  vjp,
  vmap,
  whileLoop,
} from '../../src/index.js'
import { customLinearSolve, customRoot } from '../../src/lax.js'

const one = np.array([1], { dtype: 'float64' })
const less = (x: TensorLike, by: TensorLike): Tensor => np.sub(x, by)
type Pair = readonly [Tensor, TensorLike]

describe('a number beside float64 keeps its digits', () => {
  const flag = np.array(true)
  const minus: Readonly<Record<string, () => Tensor>> = {
    jit: () => jit(less)(one, 0.1),
    'jit of jit': () => jit((x: Tensor, s: TensorLike) => jit(less)(x, s))(one, 0.1),
    scan: () =>
      scan<Pair, null, null>(([x, s]) => [[less(x, s), s], null], [one, 0.1], null, { length: 1 })[0][0],
    'a result of scan': () =>
      less(one, scan<TensorLike, null, TensorLike>((s) => [s, s], 0.1, null, { length: 1 })[1]),
    foriLoop: () => foriLoop(0, 1, (_, [x, s]: Pair): Pair => [less(x, s), s], [one, 0.1])[0],
    'foriLoop in jit': () =>
      jit((x: Tensor, s: TensorLike) => foriLoop(0, 1, (_, y: Tensor) => less(y, s), x))(one, 0.1),
    whileLoop: () =>
      whileLoop(
        ([x]: Pair) => np.equal(x, 1).get(0),
        ([x, s]: Pair): Pair => [less(x, s), s],
        [one, 0.1],
      )[0],
    'an argument of cond': () => cond(flag, less, (x: TensorLike) => np.add(x, 0), one, 0.1),
    'a result of cond': () =>
      less(
        one,
        cond(
          flag,
          () => 0.1,
          () => 0.2,
        ),
      ),
    'a result of cond in jit': () =>
      jit((x: Tensor, p: Tensor) =>
        less(
          x,
          cond(
            p,
            () => 0.1,
            () => 0.2,
          ),
        ),
      )(one, flag),
    switchCase: () => less(one, switchCase(1, [() => 1, () => 0.1])),
    map: () => map((x: Tensor) => less(x, 0.1), one),
    vmap: () => vmap(less, [0, null])(one, 0.1),
    'a result of vmap': () => less(one, vmap((_: Tensor, s: TensorLike) => s, [0, null])(one, 0.1)),
    remat: () => remat(less)(one, 0.1),
    jvp: () => jvp((s: TensorLike) => less(one, s), [0.1], [1])[0],
    'jvp of a tangent': () =>
      less(one, jvp((x: Tensor) => x, [one.get(0)], [0.1 as TensorLike as Tensor])[1]),
    linearize: () => linearize((s: TensorLike) => less(one, s), 0.1)[0],
    vjp: () => vjp((s: TensorLike) => less(one, s), 0.1)[0],
    customJvp: () => jit(customJvp(less, ([x, s], [dx]) => [less(x, s), np.add(dx, 0)]))(one, 0.1),
    customVjp: () =>
      jit(
        customVjp(
          less,
          (x, s) => [less(x, s), null] as [Tensor, null],
          (_, ct) => [ct, ct.sum()],
        ),
      )(one, 0.1),
    'an array': () => less(one, jit((s: TensorLike) => np.full([1], s, { dtype: 'float64' }))(0.1)),
  }
  for (const [name, f] of Object.entries(minus))
    it(name, () => {
      expect(f().dtype).toBe('float64')
      expect(f().toArray()).toEqual([0.9])
    })

  it('grad by the number, and its value', () => {
    const f = (s: TensorLike) => one.mul(s).mul(s).sum()
    for (const g of [valueAndGrad(f), jit(valueAndGrad(f))]) {
      const [value, gradient] = g(0.1)
      expect([value.item(), gradient.item(), gradient.dtype]).toEqual([0.1 * 0.1, 0.2, 'float64'])
    }
    // beside float32 too
    const mixed = (s: TensorLike) => np.sin(s).add(f(s))
    expect(grad(mixed)(0.1).item()).toBeCloseTo(Math.cos(0.1) + 0.2, 6)
    expect(grad((s: TensorLike) => foriLoop(0, 2, (_, x: Tensor) => x.mul(s), one).sum())(0.1).item()).toBe(
      0.2,
    )
  })
})

describe('numbers beside other types', () => {
  it('take the dtype of integers if they are whole, and make float32 of them if not', () => {
    const scale = jit((x: Tensor, s: TensorLike) => x.mul(s))
    expect(scale(np.arange(3), 2).dtype).toBe('int32')
    expect(scale(np.arange(3), 2).toArray()).toEqual([0, 2, 4])
    expect(scale(np.arange(3), 0.5).dtype).toBe('float32')
    expect(scale(np.arange(3), 0.5).toArray()).toEqual([0, 0.5, 1])
    expect(scale(np.arange(3, { dtype: 'uint32' }), 3_000_000_000).toArray()).toEqual([
      0, 3_000_000_000, 1_705_032_704,
    ])
  })

  it('meeting nothing are float32', () => {
    expect(jit((s: TensorLike) => s)(0.1)).toMatchObject({ dtype: 'float32' })
    expect(grad((s: TensorLike) => np.sin(s))(0).dtype).toBe('float32')
    expect(
      np.cos(
        cond(
          true,
          () => 1,
          () => 2,
        ),
      ).dtype,
    ).toBe('float32')
    expect(evalShape((s: TensorLike) => np.sin(s), 3).dtype).toBe('float32')
    expect(evalShape((s: TensorLike) => s, 3).dtype).toBe('float32')
    expect(String(makeGraph((s: TensorLike) => np.sin(s))(1))).toContain('lambda a:f32*[]')
  })

  it('that are whole are indices', () => {
    expect(jit((x: Tensor, i: Tensor | number) => np.get(x, i))(np.array([5, 6, 7]), 2).item()).toBe(7)
    expect(() => jit((x: Tensor, i: Tensor | number) => np.get(x, i))(np.array([5, 6, 7]), 1.5)).toThrow(
      'got f*[]',
    )
  })

  it('carried, widen to what the body makes of them', () => {
    const total = (x: Tensor) => foriLoop(0, 3, (_, sum: TensorLike): TensorLike => np.add(sum, x), 0)
    expect(total(np.array(0.1, { dtype: 'float64' }))).toMatchObject({ dtype: 'float64' })
    expect(total(np.array(2, { dtype: 'int32' }))).toMatchObject({ dtype: 'int32' })
    expect(np.add(total(np.array(0.5)), 0).item()).toBe(1.5)
    const half = foriLoop(0, 2, (_, sum: TensorLike): TensorLike => np.add(sum, np.arange(3).sum()), 0.5)
    expect(np.add(half, 0).item()).toBe(6.5)
  })

  it('as exponents are repeated products of the same bits', () => {
    const x = np.array([1.1, -2.3, 1e10, 0])
    for (const n of [0, 1, 2, 7, -3])
      expect(jit((y: Tensor, k: TensorLike) => np.pow(y, k))(x, n).toArray()).toEqual(np.pow(x, n).toArray())
    const slope = jit(grad((y: Tensor, k: TensorLike) => np.pow(y, k).sum()))
    expect(slope(np.array([3, 1e10]), 2).toArray()).toEqual([6, 2e10])
  })

  it('that an integer type does not hold are refused, traced or not', () => {
    const add = (x: Tensor, s: TensorLike) => np.add(x, s)
    for (const f of [add, jit(add)]) {
      expect(() => f(np.arange(3), 3e9)).toThrow(DTypeError)
      expect(() => f(np.arange(3), 3e9)).toThrow('int32')
      expect(() => f(np.arange(3, { dtype: 'uint32' }), -1)).toThrow('uint32')
    }
  })
})

describe('traces', () => {
  it('serve every number of a kind', () => {
    const step = jit((x: Tensor, s: TensorLike) => x.mul(s))
    for (const s of [0.1, 0.05, 0.025]) expect(step(one, s).item()).toBe(s)
    expect(step.traceCount()).toBe(1)
    for (const s of [2, 3]) expect(step(one, s).item()).toBe(s)
    expect(step.traceCount()).toBe(2)
    expect(step.retraces()).toEqual(['argument 1 changed from f*[] to i*[]'])
  })

  it('keep −0', () => {
    expect(jit((x: Tensor, s: TensorLike) => x.mul(s))(one, -0).item()).toBe(-0)
  })
})

describe('numbers among the arguments of implicit functions', () => {
  const two = np.array(2, { dtype: 'float64' })
  const f64 = (x: Tensor): Tensor => x.astype('float64')
  /** Newton's step, a fixed number of times, from a guess that decides the bits. */
  const root = (a: Tensor, guess: TensorLike): Tensor =>
    customRoot(
      (x: TensorLike) => np.mul(x, x).sub(a),
      guess,
      (f, x) => foriLoop(0, 2, (_, y: TensorLike) => np.sub(y, np.div(f(y), np.mul(y, 2))), x),
      (g, y) => np.div(y, g(1)),
    ) as Tensor
  const solved = (a: Tensor, b: TensorLike): Tensor =>
    customLinearSolve<TensorLike>(
      (x) => np.mul(x, a),
      b,
      (_, y) => np.div(y, a),
      undefined,
      { symmetric: true },
    ) as Tensor

  it('customRoot takes its guess as what the function makes of it', () => {
    let x = 0.1
    for (let i = 0; i < 2; i++) x -= (x * x - 2) / (x * 2)
    for (const f of [root, jit(root)]) {
      expect(f(two, 0.1).dtype).toBe('float64')
      expect(f(two, 0.1).item()).toBe(x)
      expect(f(two.astype('float32'), 0.1).dtype).toBe('float32')
    }
    expect(root(two, f64(np.array(0.1, { dtype: 'float64' }))).item()).toBe(x)
    expect(grad((a: Tensor) => root(a, 0.1))(two).item()).toBe(
      jit(grad((a: Tensor) => root(a, 0.1)))(two).item(),
    )
    expect(root(two, 1).dtype).toBe('float64')
  })

  it('customLinearSolve takes its right-hand side so', () => {
    const three = np.array(3, { dtype: 'float64' })
    for (const f of [solved, jit(solved)]) {
      expect(f(three, 0.1).dtype).toBe('float64')
      expect(f(three, 0.1).item()).toBe(0.1 / 3)
      expect(f(three.astype('float32'), 0.1).dtype).toBe('float32')
    }
    for (const g of [grad(solved, { argnums: 1 }), jit(grad(solved, { argnums: 1 }))])
      expect(g(three, 0.1).item()).toBe(1 / 3)
  })

  it('what has another structure or shape is refused', () => {
    const solve = (_: unknown, x: TensorLike): TensorLike => x
    const tangent = (_: unknown, y: TensorLike): TensorLike => y
    const wrong: (x: TensorLike) => TensorLike = (x) => np.mul(x, np.ones([2]))
    expect(() => customRoot(wrong, 1, solve, tangent)).toThrow(ShapeError)
    expect(() => customLinearSolve(wrong, 1, solve)).toThrow(ShapeError)
  })

  it('exportProgram writes a program that gives what the function gives', () => {
    const f = (x: Tensor, s: TensorLike): Tensor => x.sub(s)
    const ten = np.array([1, 10], { dtype: 'float64' })
    const loaded = importProgram<[Tensor, TensorLike], Tensor>(exportProgram(f, ten, 0.1).toBytes())
    if (loaded._tag === 'Left') throw new Error(loaded.left.message)
    const { call } = loaded.right
    for (const s of [0.1, 0.7, 1e-9]) {
      expect(call(ten, s).toArray()).toEqual(f(ten, s).toArray())
      expect(jit(call)(ten, s).toArray()).toEqual(f(ten, s).toArray())
    }
    expect(call(ten, 0.1).dtype).toBe('float64')
    expect(grad((s: number) => call(ten, s).sum())(0.1).item()).toBe(-2)
  })

  it('exportProgram keeps numbers that meet nothing, and whole ones beside integers', () => {
    const f = (x: Tensor, n: number): readonly [Tensor, Tensor] => [x.mul(n), np.sin(n)]
    const ints = np.arange(3)
    const loaded = importProgram<[Tensor, number], readonly [Tensor, Tensor]>(
      exportProgram(f, ints, 2).toBytes(),
    )
    if (loaded._tag === 'Left') throw new Error(loaded.left.message)
    const got = loaded.right.call(ints, 5)
    const want = f(ints, 5)
    expect(got.map((t) => [t.dtype, t.toArray()])).toEqual(want.map((t) => [t.dtype, t.toArray()]))
    expect(got[0].dtype).toBe('int32')
  })

  it('checkGrads differentiates by a number, in float64', () => {
    const seen: string[] = []
    const f = (x: Tensor, s: TensorLike): Tensor => {
      const y = np.sin(np.mul(x, s)).sum()
      seen.push(y.dtype)
      return y
    }
    checkGrads(f, [np.array([0.1, 0.7]), 0.3])
    checkGrads((s: TensorLike) => np.mul(s, s), [3])
    expect(new Set(seen)).toEqual(new Set(['float64']))
    const wrong = customVjp(
      (s: TensorLike) => np.mul(s, s),
      (s: TensorLike) => [np.mul(s, s), s] as [Tensor, TensorLike],
      (s, ct) => [np.mul(ct, s)],
    )
    expect(() => checkGrads(wrong, [3], { modes: ['reverse'] })).toThrow('reverse derivative')
  })
})
