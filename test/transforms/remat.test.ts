import { describe, expect, it } from 'vitest'
import { subGraphs } from '../../src/graph/graph.js'
import {
  checkpointName,
  type Graph,
  grad,
  hessian,
  jit,
  jvp,
  makeGraph,
  np,
  type RematPolicy,
  remat,
  scan,
  type Tensor,
  vmap,
} from '../../src/index.js'

/** How often a primitive occurs, in sub-graphs too. */
const occurrences = (graph: Graph, primitive: string): number =>
  graph.eqns.reduce(
    (n, e) =>
      n +
      (e.primitive.name === primitive ? 1 : 0) +
      subGraphs(e.params).reduce((m, g) => m + occurrences(g, primitive), 0),
    0,
  )

const layer = (w: Tensor, x: Tensor): Tensor =>
  np.exp(checkpointName(np.sin(np.matmul(x, w)), 'sine').mul(0.1)).sub(1)

const network =
  (policy: RematPolicy | null) =>
  (w: Tensor, x: Tensor): Tensor => {
    const step = policy === null ? layer : remat(layer, { policy })
    return step(w, step(w, step(w, x))).sum()
  }

const w = np.eye(3).mul(0.5).add(0.1)
const x = np.arange(12, { dtype: 'float32' }).reshape([4, 3]).mul(0.1)

describe('remat', () => {
  it.each<RematPolicy>(['nothing', 'everything', 'dots', 'dotsWithoutBatch', { names: ['sine'] }])(
    'with policy %j is the function itself, with all derivatives',
    (policy) => {
      const [f, g] = [network(null), network(policy)]
      expect(g(w, x).item()).toBe(f(w, x).item())
      expect(np.allclose(grad(g)(w, x), grad(f)(w, x))).toBe(true)
      expect(np.allclose(jit(grad(g))(w, x), grad(f)(w, x))).toBe(true)
      expect(np.allclose(hessian(g)(w, x), hessian(f)(w, x), { rtol: 1e-4 })).toBe(true)
      const tangent = (h: typeof f) => jvp((v: Tensor) => h(v, x), [w], [np.ones([3, 3])])[1].item()
      expect(tangent(g)).toBeCloseTo(tangent(f), 4)
      const ws = np.stack([w, w.mul(2)])
      expect(np.allclose(vmap(grad(g), [0, null])(ws, x), vmap(grad(f), [0, null])(ws, x))).toBe(true)
    },
  )

  it.each<readonly [RematPolicy | null, { readonly sin: number; readonly dots: number }]>([
    // three layers: 3 products and 3 sines forwards, 5 products for the gradient of w and of two inputs
    [null, { sin: 3, dots: 3 + 5 }],
    ['everything', { sin: 3, dots: 3 + 5 }],
    ['dots', { sin: 6, dots: 3 + 5 }],
    ['dotsWithoutBatch', { sin: 6, dots: 3 + 5 }],
    [{ names: ['sine'] }, { sin: 3, dots: 3 + 3 + 5 }],
    // the last layer's own result is needed by nobody
    ['nothing', { sin: 2 + 3, dots: 2 + 3 + 5 }],
  ])('policy %j computes again what it does not keep: %j after all passes', (policy, { sin, dots }) => {
    const { optimized } = jit(grad(network(policy))).lower(w, x)
    expect([occurrences(optimized, 'sin'), occurrences(optimized, 'dotGeneral')]).toEqual([sin, dots])
  })

  it('takes less memory, the less it keeps', () => {
    const big = np.ones([256, 3])
    const peak = (policy: RematPolicy | null) => {
      const block = (v: Tensor, y: Tensor): Tensor => layer(v, layer(v, layer(v, layer(v, y))))
      const run = policy === null ? block : remat(block, { policy })
      return jit(grad((v: Tensor, y: Tensor) => run(v, run(v, run(v, y))).sum()))
        .lower(w, big)
        .peakBytes()
    }
    const [plain, dots, nothing] = [peak(null), peak('dots'), peak('nothing')]
    expect(dots).toBeLessThan(plain)
    expect(nothing).toBeLessThan(dots)
  })

  it('within a scan stacks what goes into it alone', () => {
    const cost = (step: typeof layer) => (v: Tensor, y: Tensor) =>
      scan((c: Tensor) => [step(v, step(v, c)), null] as const, y, null, { length: 64 })[0].sum()
    const stackedIn = (step: typeof layer) =>
      makeGraph(grad(cost(step)))(w, x)
        .graph.eqns.filter((e) => e.primitive.name === 'scan')
        .flatMap((e) => e.outputs.map((v) => v.aval.shape).filter(([length]) => length === 64))
    // of two layers a step, the one between is carried too
    expect(stackedIn(remat(layer))).toEqual([
      [64, 4, 3],
      [64, 4, 3],
    ])
    expect(stackedIn(layer).length).toBeGreaterThan(2)
    const lowered = [layer, remat(layer)].map((step) => jit(grad(cost(step))).lower(w, x))
    const [plain, rematted] = lowered.map((l) => l.peakBytes())
    expect(rematted).toBeLessThan(0.6 * plain)
    const gradients = [layer, remat(layer)].map((step) => grad(cost(step))(w, x))
    expect(np.allclose(gradients[0], gradients[1], { rtol: 1e-4 })).toBe(true)
  })
})
