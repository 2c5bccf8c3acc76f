import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkGrads, checkGraph } from '../../src/debug.js'
import { subGraphs } from '../../src/graph/graph.js'
import type { Graph } from '../../src/index.js'
import {
  customVjp,
  GradError,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jvp,
  makeGraph,
  map,
  np,
  ShapeError,
  scan,
  type Tensor,
  TreeMismatchError,
  vmap,
} from '../../src/index.js'

type Recurrence = (a: Tensor, x0: Tensor, us: Tensor) => [Tensor, Tensor]

/** x ← sin(a·x + u), with a·x kept of every step. */
const scanned =
  (reverse: boolean, unroll = 1): Recurrence =>
  (a, x0, us) =>
    scan(
      (x: Tensor, u: Tensor) => {
        const next = np.sin(a.mul(x).add(u))
        return [next, next.mul(a)] as const
      },
      x0,
      us,
      { reverse, unroll },
    )

const unrolled =
  (reverse: boolean): Recurrence =>
  (a, x0, us) => {
    let x = x0
    const ys: Tensor[] = []
    const n = us.shape[0]
    for (let k = 0; k < n; k++) {
      const at = reverse ? n - 1 - k : k
      x = np.sin(a.mul(x).add(us.get(at)))
      ys[at] = x.mul(a)
    }
    return [x, np.stack(ys)]
  }

/** A scalar that weighs the last state and every step. */
const weighed =
  (f: Recurrence) =>
  (a: Tensor, x0: Tensor, us: Tensor): Tensor => {
    const [x, ys] = f(a, x0, us)
    return x.add(ys.mul(np.arange(1, us.shape[0] + 1)).sum())
  }

const close = (x: Tensor, y: Tensor, rtol = 1e-5): void => {
  expect(x.shape).toEqual(y.shape)
  expect(np.allclose(x, y, { rtol, atol: 1e-6 })).toBe(true)
}

const a = np.array(0.7)
const x0 = np.array(0.1)
const us = np.array([0.5, -1, 2, 0.25, 1.5])

const equationCount = (graph: Graph): number =>
  graph.eqns.reduce((n, e) => n + 1 + subGraphs(e.params).reduce((m, g) => m + equationCount(g), 0), 0)

describe.each([
  [false, 1],
  [true, 1],
  [false, 2],
  [true, 2],
  [false, 5],
  [true, 9],
] as const)('scan, reverse %s, unroll %i', (reverse, unroll) => {
  const f = scanned(reverse, unroll)
  const g = unrolled(reverse)

  it('gives what the loop written out gives', () => {
    const [x, ys] = f(a, x0, us)
    const [expectedX, expectedYs] = g(a, x0, us)
    close(x, expectedX)
    close(ys, expectedYs)
  })

  it('has its derivatives, of first and second order and in both modes', () => {
    const argnums = { argnums: [0, 1, 2] } as const
    const got = grad(weighed(f), argnums)(a, x0, us)
    grad(weighed(g), argnums)(a, x0, us).forEach((expected, i) => {
      close(got[i], expected)
    })
    const second = (h: Recurrence) => (xs: readonly [Tensor, Tensor, Tensor]) => weighed(h)(...xs)
    const expected = hessian(second(g))([a, x0, us])
    const reverseTwice = jacrev(grad(second(f)))([a, x0, us])
    hessian(second(f))([a, x0, us]).forEach((row, i) => {
      row.forEach((block, j) => {
        close(block, expected[i][j], 1e-4)
        close(reverseTwice[i][j], expected[i][j], 1e-4)
      })
    })
    checkGrads(weighed(f), [a, x0, us])
  })
})

describe('scan', () => {
  it('under jit, vmap and grad is the stacked gradients of the loops', () => {
    const as = np.array([0.1, 0.2])
    const all = np.stack([us, us.mul(2)])
    const [ga, gu] = jit(vmap(grad(weighed(scanned(false)), { argnums: [0, 2] }), [0, null, 0]))(as, x0, all)
    for (const i of [0, 1]) {
      const [ea, eu] = grad(weighed(unrolled(false)), { argnums: [0, 2] })(as.get(i), x0, all.get(i))
      close(ga.get(i), ea)
      close(gu.get(i), eu)
    }
  })

  it('carries and stacks trees, and reads xs null with a length', () => {
    const [{ n, sum }, ys] = scan(
      ({ n, sum }: { n: Tensor; sum: Tensor }) =>
        [
          { n: n.add(1), sum: sum.add(n) },
          { square: n.mul(n), none: null },
        ] as const,
      { n: np.array(1), sum: np.array(0) },
      null,
      { length: 4 },
    )
    expect([n.item(), sum.item()]).toEqual([5, 10])
    expect(ys.square.toArray()).toEqual([1, 4, 9, 16])
    expect(ys.none).toBe(null)
  })

  it('of length 0 gives the initial value and empty stacks', () => {
    const [x, ys] = scanned(false)(a, x0, np.zeros([0]))
    close(x, x0)
    expect(ys.shape).toEqual([0])
    expect(grad((b: Tensor) => weighed(scanned(false))(b, x0, np.zeros([0])))(a).item()).toBe(0)
  })

  it('of one parity or another ends in the same buffers', () => {
    for (const length of [1, 2, 3, 4])
      expect(scan((x: Tensor) => [x.mul(2), x] as const, np.array(1), null, { length })[0].item()).toBe(
        2 ** length,
      )
  })

  it('captures outer values, also ones being differentiated: d/dw Σ_k w^k = Σ_k k·w^(k−1)', () => {
    const powers = (w: Tensor) =>
      scan((p: Tensor) => [p.mul(w), p.mul(w)] as const, np.array(1), null, { length: 3 })[1].sum()
    expect(grad(powers)(np.array(2)).item()).toBe(1 + 4 + 12)
    expect(grad(grad(powers))(np.array(2)).item()).toBe(2 + 12)
  })

  it('does not confuse perturbations: d/dx x·(d/dy Σ x·y) = 2x·n', () => {
    const inner = (x: Tensor) => (y: Tensor) =>
      scan((s: Tensor) => [s.add(x.mul(y)), null] as const, np.array(0), null, { length: 3 })[0]
    const outer = (x: Tensor) => x.mul(grad(inner(x))(np.array(5)))
    expect(grad(outer)(np.array(2)).item()).toBe(12)
    const insideBody = (x: Tensor) =>
      scan(
        (s: Tensor) => [s.add(grad((y: Tensor) => x.mul(y).mul(y))(s)), null] as const,
        np.array(1),
        null,
        { length: 2 },
      )[0]
    // s ← s·(1 + 2x), twice: d (1 + 2x)² = 4·(1 + 2x)
    expect(grad(insideBody)(np.array(3)).item()).toBe(28)
  })

  it('holds a customVjp function, under jit under vmap: its own rule is used in every step', () => {
    const doubled = customVjp(
      (x: Tensor) => x.mul(2),
      (x: Tensor): [Tensor, null] => [x.mul(2), null],
      (_none: null, ct: Tensor): [Tensor] => [ct.mul(10)],
    )
    const f = (x: Tensor) => scan((s: Tensor) => [doubled(s), null] as const, x, null, { length: 3 })[0]
    const [values, gradients] = [jit(vmap(f))(np.array([1, 2])), jit(vmap(grad(f)))(np.array([1, 2]))]
    expect(values.toArray()).toEqual([8, 16])
    expect(gradients.toArray()).toEqual([1000, 1000])
  })

  it('nests', () => {
    const table = (w: Tensor) =>
      scan(
        (s: Tensor, row: Tensor) => {
          const [t] = scan((r: Tensor, x: Tensor) => [r.mul(w).add(x), null] as const, s, row)
          return [t, t] as const
        },
        np.array(0),
        np.array([
          [1, 2],
          [3, 4],
        ]),
      )[0]
    // ((1·w + 2)·w + 3)·w + 4
    const w = np.array(2)
    expect(table(w).item()).toBe(26)
    expect(grad(table)(w).item()).toBe(3 * 4 + 4 * 2 + 3)
    expect(jacfwd(grad(table))(w).item()).toBe(6 * 2 + 4)
    expect(vmap(grad(table))(np.array([2, 0])).toArray()).toEqual([23, 3])
  })

  it('has graphs of one size whatever the length, and sound ones', () => {
    const cost = (w: Tensor, steps: Tensor) =>
      scan((h: Tensor, x: Tensor) => [np.tanh(h.matmul(w).add(x)), h.sum()] as const, np.zeros([4]), steps)[1]
        .mul(2)
        .sum()
    const counts = [8, 512].map((n) => {
      const { graph } = makeGraph(grad(cost))(np.eye(4), np.ones([n, 4]))
      checkGraph(graph)
      return [equationCount(graph), jit(grad(cost)).lower(np.eye(4), np.ones([n, 4])).program.steps.length]
    })
    expect(counts[1]).toEqual(counts[0])
  })

  it('keeps what is the same in every step once, and stacks only what differs', () => {
    const f = (w: Tensor, xs: Tensor) =>
      scan((s: Tensor, x: Tensor) => [s.add(np.exp(w).mul(x)), null] as const, np.zeros([3]), xs)[0].sum()
    const { graph } = makeGraph(grad(f))(np.ones([3]), np.ones([7, 3]))
    const stacked = graph.eqns
      .filter((e) => e.primitive.name === 'scan')
      .flatMap((e) => e.outputs.filter((v) => v.aval.shape[0] === 7))
    expect(stacked).toEqual([])
  })

  it.each<readonly [string, () => unknown, new (m: string) => Error, RegExp]>([
    [
      'a carry that changes its shape',
      () => scan((x: Tensor) => [np.stack([x, x]), null] as const, np.array(1), null, { length: 2 }),
      ShapeError,
      /f32\[\] given on as f32\[2\]/,
    ],
    [
      'a carry that changes its dtype, by the leaf',
      () =>
        scan((c: { n: Tensor }) => [{ n: c.n.astype('int32') }, null] as const, { n: np.array(1) }, null, {
          length: 2,
        }),
      ShapeError,
      /f32\[\] given on as i32\[\] at n/,
    ],
    [
      'a carry that changes its structure',
      () => scan((x: Tensor) => [[x] as unknown as Tensor, null] as const, np.array(1), null, { length: 2 }),
      TreeMismatchError,
      /carry/,
    ],
    [
      'a function that gives no pair',
      () => scan((x: Tensor) => x as unknown as [Tensor, null], np.array(1), null, { length: 2 }),
      TreeMismatchError,
      /a pair \[carry, y\]/,
    ],
    [
      'xs of different lengths',
      () => scan((c: Tensor) => [c, null] as const, np.array(1), [np.zeros([2]), np.zeros([3])]),
      ShapeError,
      /leading axes of 2/,
    ],
    [
      'no xs and no length',
      () => scan((c: Tensor) => [c, null] as const, np.array(1), null),
      ShapeError,
      /\{ length \}/,
    ],
    [
      'a length that is none',
      () => scan((c: Tensor) => [c, null] as const, np.array(1), null, { length: -1 }),
      ShapeError,
      /-1/,
    ],
    [
      'half an unroll',
      () => scan((c: Tensor) => [c, null] as const, np.array(1), null, { length: 2, unroll: 0.5 }),
      GradError,
      /unroll/,
    ],
  ])('%s is refused', (_what, run, type, message) => {
    expect(run).toThrow(type)
    expect(run).toThrow(message)
  })

  it('takes JS numbers as initial values: the type is what the function gives on', () => {
    const [x] = scan(
      (c: Tensor) => [np.add(c, np.ones([], { dtype: 'float64' })), null] as const,
      np.add(0, 0),
      null,
      {
        length: 2,
      },
    )
    expect(x.dtype).toBe('float64')
    expect(x.item()).toBe(2)
  })
})

describe('what is carried', () => {
  it('keeps its type where the function gives a JS number', () => {
    const one = () => [1 as unknown as Tensor, null] as const
    const { graph } = makeGraph((x: Tensor) => scan(one, x, null, { length: 2 })[0])(np.array(0))
    expect(graph.outputs[0].aval).toEqual({ shape: [], dtype: 'float32', weakType: false })
  })
})

describe('map', () => {
  it('names itself in errors', () => {
    expect(() => map((x: Tensor) => x, np.array(1))).toThrow(/^map\(/)
  })

  it('is vmap, one slice after the other', () => {
    const f = (x: Tensor) => np.sin(x).mul(x).sum()
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 2, maxLength: 8 }),
        (data) => {
          const x = np.stack([np.array(data), np.array(data).mul(2)])
          close(map(f, x), vmap(f)(x))
          close(grad((y: Tensor) => map(f, y).sum())(x), grad((y: Tensor) => vmap(f)(y).sum())(x))
        },
      ),
      { numRuns: 10 },
    )
    expect(jvp((x: Tensor) => map(f, x), [np.ones([2, 3])], [np.ones([2, 3])])[1].shape).toEqual([2])
  })
})
