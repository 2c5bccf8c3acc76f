import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkGrads } from '../../../src/debug.js'
import {
  DTypeError,
  grad,
  jit,
  makeGraph,
  np,
  random,
  ShapeError,
  type Tensor,
  vmap,
} from '../../../src/index.js'
import * as lax from '../../../src/lax.js'
import * as linalg from '../../../src/linalg.js'
import { lu, permuteRows } from '../../../src/ops/matrices/lu.js'
import { f64, plain } from '../../ops/doubles.js'

type Float = 'float32' | 'float64'

const epsilon = { float32: 2 ** -23, float64: 2 ** -52 }

/** 1/(i + j + 1): positive definite, of condition 10^13 for n = 10. */
const hilbert = (n: number, dtype: Float): Tensor =>
  np.array(
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => 1 / (i + j + 1))),
    { dtype },
  )

/** The greatest magnitude, in double precision. */
const largest = (x: Tensor): number => Math.max(0, ...plain(x).map(Math.abs))

const wide = (x: Tensor): Tensor => x.astype('float64')

/** The greatest sum of magnitudes along a row. */
const rowNorm = (x: Tensor): number => largest(np.sum(np.abs(wide(x)), { axis: -1 }))

const normal = (seed: number, shape: readonly number[], dtype: Float = 'float64'): Tensor =>
  random.normal(random.key(seed), shape, { dtype })

const transposed = (x: Tensor): Tensor => np.swapaxes(x, -1, -2)

/** Every element of L·Lᵀ − A within (n + 1)·ε·max A. */
const requireFactor = (a: Tensor, dtype: Float): void => {
  const l = wide(linalg.cholesky(a))
  const error = largest(np.sub(np.matmul(l, transposed(l)), wide(a)))
  expect(error).toBeLessThanOrEqual((a.shape[0] + 1) * epsilon[dtype] * largest(a))
  expect(plain(np.triu(l, 1)).every((x) => x === 0)).toBe(true)
}

describe('cholesky', () => {
  it.each([
    ['float32', 5],
    ['float64', 5],
    ['float64', 10],
    ['float64', 12],
  ] as const)('factors a Hilbert matrix in %s, n = %i, to its bound', (dtype, n) => {
    requireFactor(hilbert(n, dtype), dtype)
  })

  it.each(['float32', 'float64'] as const)('factors random matrices in %s', (dtype) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 20 }), (seed, n) => {
        const x = normal(seed, [n, n], dtype)
        requireFactor(np.add(np.matmul(x, transposed(x)), np.eye(n, n, 0, { dtype })), dtype)
      }),
      { numRuns: 30 },
    )
  })

  it('makes its input symmetric, or reads the lower triangle', () => {
    const a = f64([
      [4, 7],
      [1, 5],
    ])
    expect(linalg.cholesky(a).toArray()).toEqual([
      [2, 0],
      [2, 1],
    ])
    expect(linalg.cholesky(a, { symmetrize: false }).toArray()).toEqual([
      [2, 0],
      [0.5, Math.sqrt(4.75)],
    ])
    const first = (symmetrize: boolean) => grad((x: Tensor) => linalg.cholesky(x, { symmetrize }).sum())(a)
    expect(plain(transposed(first(true)))).toEqual(plain(first(true)))
    expect(plain(first(false))[1]).toBe(0)
  })

  it('gives NaN for what is not positive definite, alone in its batch', () => {
    const bad = [
      [1, 2],
      [2, 1],
    ]
    const singular = [
      [1, 1],
      [1, 1],
    ]
    const good = [
      [4, 0],
      [0, 9],
    ]
    const batch = np.stack([bad, good, singular].map((m) => f64(m)))
    const none = [
      [Number.NaN, 0],
      [Number.NaN, Number.NaN],
    ]
    const factor = [
      [2, 0],
      [0, 3],
    ]
    expect(linalg.cholesky(batch).toArray()).toEqual([none, factor, none])
    expect(linalg.cholesky(f64([[Number.NaN]])).toArray()).toEqual([[Number.NaN]])
    expect(linalg.cholesky(np.zeros([3, 0, 0])).shape).toEqual([3, 0, 0])
  })

  it('refuses other than square matrices of floats', () => {
    expect(() => linalg.cholesky(np.ones([2, 3]))).toThrow(
      'cholesky: square matrices on the last two axes are required, got f32[2,3]',
    )
    expect(() => linalg.cholesky(np.ones([2]))).toThrow(ShapeError)
    expect(() => lu(np.ones([2, 2], { dtype: 'int32' }))).toThrow(DTypeError)
  })
})

describe('triangularSolve', () => {
  const a = f64([
    [2, 7],
    [3, 5],
  ])

  it('reads one triangle, from either side, transposed or not', () => {
    const b = f64([2, 8])
    expect(linalg.triangularSolve(a, b, { lower: true }).toArray()).toEqual([1, 1])
    expect(linalg.triangularSolve(a, f64([9, 5])).toArray()).toEqual([1, 1])
    expect(linalg.triangularSolve(a, f64([9, 5]), { lower: true, leftSide: false }).toArray()).toEqual([3, 1])
    expect(linalg.triangularSolve(a, f64([5, 5]), { lower: true, transposeA: true }).toArray()).toEqual([
      1, 1,
    ])
    expect(linalg.triangularSolve(a, f64([1, 4]), { lower: true, unitDiagonal: true }).toArray()).toEqual([
      1, 1,
    ])
  })

  it('broadcasts leading axes, and maps right-hand sides as columns of one', () => {
    const b = normal(1, [4, 3, 2, 5])
    const x = linalg.triangularSolve(a, b, { lower: true })
    expect(x.shape).toEqual([4, 3, 2, 5])
    expect(np.allclose(np.matmul(np.tril(a), x), b, { rtol: 1e-12 })).toBe(true)
    const mapped = makeGraph(vmap((y: Tensor) => linalg.triangularSolve(a, y)))(normal(2, [7, 2, 3])).graph
    const solves = mapped.eqns.filter((e) => e.primitive.name === 'triangularSolve')
    expect(solves.map((e) => e.inputs.map((i) => i.aval.shape))).toEqual([
      [
        [2, 2],
        [2, 21],
      ],
    ])
  })

  it.each(['float32', 'float64'] as const)('has a small residual on a Hilbert factor in %s', (dtype) => {
    const n = dtype === 'float64' ? 12 : 5
    const l = linalg.cholesky(hilbert(n, dtype))
    const b = normal(3, [n, 1], dtype)
    const x = linalg.triangularSolve(l, b, { lower: true })
    const residual = largest(np.sub(np.matmul(wide(l), wide(x)), wide(b)))
    expect(residual).toBeLessThanOrEqual(n * epsilon[dtype] * (rowNorm(l) * largest(x) + largest(b)))
  })

  it('divides by a zero of the diagonal as by any other, and names what does not fit', () => {
    const singular = f64([
      [0, 0],
      [1, 1],
    ])
    expect(linalg.triangularSolve(singular, f64([1, 0]), { lower: true }).toArray()).toEqual([
      Infinity,
      -Infinity,
    ])
    expect(() => linalg.triangularSolve(a, np.ones([3, 2]))).toThrow(
      'a right-hand side of 2 rows is required',
    )
    expect(() => linalg.triangularSolve(a, np.ones([3]), { leftSide: false })).toThrow(ShapeError)
  })
})

/** Theorem 9.4 of Higham: ‖A·x − b‖ ≤ 3·n·ε·‖|L|·|U|‖·‖x‖. */
const requireSolution = (a: Tensor, b: Tensor, dtype: Float): void => {
  const n = a.shape[0]
  const packed = np.abs(wide(lu(a)[0]))
  const l = np.add(np.tril(packed, -1), np.eye(n, n, 0, { dtype: 'float64' }))
  const growth = rowNorm(np.matmul(l, np.triu(packed)))
  const x = linalg.solve(a, b)
  const residual = largest(np.sub(np.matmul(wide(a), wide(x)), wide(b)))
  expect(residual).toBeLessThanOrEqual(3 * n * epsilon[dtype] * growth * largest(x))
}

describe('solve', () => {
  it.each([
    ['float32', 5],
    ['float64', 5],
    ['float64', 12],
  ] as const)('solves a Hilbert system in %s, n = %i, to its bound', (dtype, n) => {
    requireSolution(hilbert(n, dtype), normal(n, [n, 2], dtype), dtype)
  })

  it.each(['float32', 'float64'] as const)('solves random systems in %s', (dtype) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 20 }), (seed, n) => {
        requireSolution(normal(seed, [n, n], dtype), normal(seed + 1, [n, 2], dtype), dtype)
      }),
      { numRuns: 30 },
    )
  })

  it('keeps the accuracy of pivoting where elimination in order has none', () => {
    const a = f64([
      [1e-20, 1],
      [1, 1],
    ])
    expect(linalg.solve(a, f64([1, 2])).toArray()).toEqual([1, 1])
  })

  it('takes vectors and matrices, broadcasts, and agrees with choSolve', () => {
    const a = normal(4, [3, 4, 4])
    expect(linalg.solve(a, np.ones([4], { dtype: 'float64' })).shape).toEqual([3, 4])
    expect(linalg.solve(a, np.ones([4, 2], { dtype: 'float64' })).shape).toEqual([3, 4, 2])
    expect(linalg.solve(a.get(0), np.ones([5, 4, 1], { dtype: 'float64' })).shape).toEqual([5, 4, 1])
    const spd = np.add(np.matmul(a, transposed(a)), np.eye(4))
    const b = normal(5, [4, 2])
    const [x, y] = [linalg.solve(spd, b), linalg.choSolve(linalg.cholesky(spd), b)]
    expect(np.allclose(x, y, { rtol: 1e-9, atol: 1e-10 })).toBe(true)
    expect(linalg.solve(np.ones([0, 0]), np.ones([0])).shape).toEqual([0])
  })

  it('gives no finite solution of a singular system, and names what does not fit', () => {
    const singular = f64([
      [1, 2],
      [2, 4],
    ])
    expect(plain(linalg.solve(singular, f64([1, 1]))).some(Number.isFinite)).toBe(false)
    expect(plain(linalg.inv(singular)).some(Number.isFinite)).toBe(false)
    expect(() => linalg.solve(singular, np.ones([3]))).toThrow(
      'solve: a right-hand side of 2 rows is required, got f32[3] for f64[2,2]',
    )
    expect(() => linalg.solve(np.ones([2, 3]), np.ones([2]))).toThrow(ShapeError)
    expect(() => linalg.inv(np.ones([2]))).toThrow(ShapeError)
  })

  it('differentiates without factoring again', () => {
    const back = makeGraph(grad((a: Tensor, b: Tensor) => linalg.solve(a, b).sum()))(np.eye(3), np.ones([3]))
    const names = back.graph.eqns.map((e) => e.primitive.name)
    expect(names.filter((name) => name === 'lu').length).toBe(1)
    expect(names.filter((name) => name === 'triangularSolve').length).toBe(4)
  })
})

describe('lu', () => {
  it('gives P·A = L·U with pivots of the greatest magnitude', () => {
    const a = normal(6, [2, 5, 5])
    const [packed, permutation] = lu(a)
    const l = np.add(np.tril(packed, -1), np.eye(5))
    expect(largest(np.tril(packed, -1))).toBeLessThanOrEqual(1)
    expect(
      np.allclose(np.matmul(l, np.triu(packed)), permuteRows(a, permutation), { rtol: 1e-12, atol: 1e-13 }),
    ).toBe(true)
  })
})

describe('determinants', () => {
  /** By all permutations. */
  const leibniz = (m: readonly (readonly number[])[]): number =>
    m.length === 0
      ? 1
      : m[0].reduce(
          (sum, x, j) =>
            sum +
            (j % 2 === 0 ? 1 : -1) * x * leibniz(m.slice(1).map((row) => row.filter((_, k) => k !== j))),
          0,
        )

  it.each([0, 1, 2, 3, 4, 5, 6])('are sums over permutations, n = %i', (n) => {
    for (let seed = 0; seed < 5; seed++) {
      const a = np.round(np.mul(normal(seed + 10 * n, [n, n]), 3))
      const want = leibniz(a.toArray() as number[][])
      const [sign, logabs] = linalg.slogdet(a)
      expect(Math.abs(linalg.det(a).item() - want)).toBeLessThanOrEqual(1e-11 * (1 + Math.abs(want)))
      if (want !== 0) {
        expect(sign.item()).toBe(Math.sign(want))
        expect(logabs.item()).toBeCloseTo(Math.log(Math.abs(want)), 10)
      }
    }
  })

  it('of singular matrices are 0, with exact derivatives up to n = 3', () => {
    const singular = f64([
      [1, 2, 3],
      [2, 4, 6],
      [1, 0, 1],
    ])
    expect(linalg.det(singular).item()).toBe(0)
    expect(plain(grad((a: Tensor) => linalg.det(a))(singular))).toEqual([4, 4, -4, -2, -2, 2, 0, 0, 0])
    const ones = np.ones([4, 4], { dtype: 'float64' })
    expect(linalg.det(ones).item()).toBe(0)
    const [sign, logabs] = linalg.slogdet(ones)
    expect([sign.item(), logabs.item(), linalg.logdet(ones).item()]).toEqual([0, -Infinity, -Infinity])
  })

  it('have a logarithm where they are positive', () => {
    expect(
      linalg
        .logdet(
          f64([
            [0, 1],
            [1, 0],
          ]),
        )
        .item(),
    ).toBe(Number.NaN)
    const a = np.mul(np.eye(3), f64(1e-200))
    expect(linalg.logdet(a).item()).toBeCloseTo(3 * Math.log(1e-200), 9)
  })
})

describe('derivatives', () => {
  const a = np.add(normal(20, [4, 4]), np.mul(np.eye(4), 3))
  const b = normal(21, [4, 2])
  const functions: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
    solve: linalg.solve,
    inv: (x) => linalg.inv(x),
    det: (x) => linalg.det(x),
    logabsdet: (x) => linalg.slogdet(x)[1],
    choSolve: (x, y) => linalg.choSolve(linalg.cholesky(np.matmul(x, transposed(x))), y),
  }

  it.each(Object.entries(functions))('of %s are right to second order, forwards and back', (_, f) => {
    checkGrads((x: Tensor, y: Tensor) => np.add(f(x, y).sum(), np.mul(y, 0).sum()), [a, b], { order: 2 })
  })

  it.each(Object.entries(functions))('of %s map over batches, compiled', (_, f) => {
    const g = (x: Tensor, y: Tensor) => grad((z: Tensor) => f(z, y).sum())(x)
    const as = np.stack([a, np.add(a, 1), transposed(a)])
    const bs = np.stack([b, np.add(b, 1), np.neg(b)])
    const one = [0, 1, 2].map((i) => g(as.get(i), bs.get(i)))
    expect(np.allclose(jit(vmap(g))(as, bs), np.stack(one), { rtol: 1e-10, atol: 1e-12 })).toBe(true)
  })

  it('of inv and det are what the formulas say', () => {
    const inverse = linalg.inv(a)
    const d = grad((x: Tensor) => linalg.det(x))(a)
    expect(np.allclose(d, np.mul(linalg.det(a), transposed(inverse)), { rtol: 1e-10 })).toBe(true)
    const l = grad((x: Tensor) => linalg.slogdet(x)[1])(a)
    expect(np.allclose(l, transposed(inverse), { rtol: 1e-10 })).toBe(true)
  })
})

describe('host routines', () => {
  it('take constants, and matrices of one element that were reshaped', () => {
    const scalar = f64(0.5)
    const one = scalar.reshape([1, 1])
    expect(linalg.solve(one, np.ones([1, 1], { dtype: 'float64' })).toArray()).toEqual([[2]])
    expect(linalg.cholesky(np.full([1, 1], 4)).toArray()).toEqual([[2]])
    expect(linalg.triangularSolve(np.full([2, 2], 2), np.full([2, 3], 4), { lower: true }).toArray()).toEqual(
      [
        [2, 2, 2],
        [0, 0, 0],
      ],
    )
    const g = jit((x: Tensor) => linalg.inv(x.reshape([2, 1, 1])).reshape([2]))
    expect(g(f64([2, 4])).toArray()).toEqual([0.5, 0.25])
    const h = jit((x: Tensor) =>
      lax.topK(x.reshape([2, 2]), 1)[0].add(np.sort(x.reshape([2, 2]), { axis: 0 })),
    )
    expect(h(f64([1, 5, 3, 2])).toArray()).toEqual([
      [6, 7],
      [6, 8],
    ])
    expect(lax.topK(np.full([2, 3], 7), 2)[1].toArray()).toEqual([
      [0, 1],
      [0, 1],
    ])
  })
})
