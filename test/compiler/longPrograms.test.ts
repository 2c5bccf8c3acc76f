import { beforeAll, describe, expect, it } from 'vitest'
import { schedule } from '../../src/compiler/schedule/schedule.js'
import { grad, jit, loadBackend, np, type Tensor } from '../../src/index.js'
import { cpuCosts, mostNodes, sizeOfExprs } from '../../src/ir/costs.js'
import { rootsOf } from '../../src/ir/nests.js'
import type { Program } from '../../src/ir/program.js'

beforeAll(() => loadBackend('wasm'))

const chain = (length: number) => (x: Tensor) => {
  let y = x
  for (let i = 0; i < length; i++) y = i % 2 === 0 ? np.sin(y) : y.mul(1 + 1 / (i + 8))
  return y.sum()
}

/** The derivative of the chain in float64. */
const derivative = (length: number, x: number): number => {
  let [y, slope] = [x, 1]
  for (let i = 0; i < length; i++) {
    const by = 1 + 1 / (i + 8)
    ;[y, slope] = i % 2 === 0 ? [Math.sin(y), slope * Math.cos(y)] : [y * by, slope * by]
  }
  return slope
}

/** A program, and how often it was tried to make one kernel of two. */
const scheduled = (f: (...xs: Tensor[]) => unknown, args: readonly Tensor[]) => {
  const { optimized } = jit(f).lower(...args)
  let tries = 0
  const counting = {
    ...cpuCosts,
    get inputs() {
      tries++
      return cpuCosts.inputs
    },
  }
  const program = schedule(optimized, counting)
  return { program, tries }
}

/** How many objects, elements of arrays and properties hang together with something. */
const extent = (root: object): number => {
  const met = new Set<unknown>([root])
  let count = 0
  for (const value of met) {
    if (typeof value !== 'object' || value === null) continue
    const parts: readonly unknown[] = value instanceof Map ? [...value].flat() : Object.values(value)
    count += parts.length
    for (const part of parts) met.add(part)
  }
  return count
}

const nodes = ({ steps }: Program): readonly number[] =>
  steps.flatMap((s) => (s.kind === 'kernel' || s.kind === 'contract' ? [sizeOfExprs(rootsOf(s)).nodes] : []))

describe('long programs', () => {
  it.each(['wasm', 'reference'])(
    'the gradient of 10,000 operations is right on %s',
    (backend) => {
      const x = np.array([0.3, 0.7, 1.1])
      const slopes = jit(grad(chain(10_000)), { backend })(x).dataSync()
      const expected = [0.3, 0.7, 1.1].map((v) => derivative(10_000, v))
      slopes.forEach((s, i) => {
        expect(Math.abs(s / expected[i] - 1)).toBeLessThan(1e-2)
      })
    },
    300_000,
  )

  it('are cut into kernels of a bounded size, which grow in number only', () => {
    const of = (length: number) => scheduled(grad(chain(length)), [np.ones([64])]).program
    const [short, long] = [of(400), of(1600)]
    expect(Math.max(...nodes(long))).toBeLessThanOrEqual(mostNodes)
    expect(Math.max(...nodes(long))).toBeGreaterThan(mostNodes / 2)
    expect(long.steps.length).toBeLessThan(4.5 * short.steps.length)
  })

  /** So many arrays, each of 3,000 elements. */
  const arrays = (count: number) => Array.from({ length: count }, () => np.ones([3000]))

  it.each<readonly [string, (n: number) => { readonly tries: number }]>([
    [
      'outputs of one input',
      (n) => scheduled((x) => Array.from({ length: n }, (_, i) => np.sin(x.mul(i + 1))), arrays(1)),
    ],
    [
      'layers that share their weights',
      (n) =>
        scheduled(
          grad((x: Tensor, w: Tensor, b: Tensor) => {
            let y = x
            for (let i = 0; i < n; i++) y = np.cumsum(np.tanh(y.mul(w).add(b)), 0)
            return y.sum()
          }),
          arrays(3),
        ),
    ],
    [
      'small results that many read',
      (n) =>
        scheduled(
          grad((x: Tensor, b: Tensor) => {
            let y = x
            for (let i = 0; i < n; i++) y = y.sub(y.mean()).mul(b)
            return y.sum()
          }),
          [np.ones([16]), np.ones([16])],
        ),
    ],
    ['leaves of a tree', (n) => scheduled((...xs) => xs.map((x) => x.mul(2).sub(x.sum())), arrays(n))],
  ])('as many tries of fusion as they have equations: %s', (_, of) => {
    const [few, many] = [of(60).tries, of(240).tries]
    expect(few).toBeGreaterThan(0)
    expect(many).toBeLessThan(5 * few)
  })

  /** Of n views, each of the one before without its first row, something of each. */
  const views = (f: (y: Tensor) => Tensor) => (n: number) =>
    scheduled(
      (x: Tensor) => {
        let y = x
        return Array.from({ length: n }, () => {
          y = f(y).get({ start: 1 })
          return np.sin(y)
        })
      },
      [np.ones([n + 2, n + 2])],
    ).program

  it.each<readonly [string, (y: Tensor) => Tensor]>([
    ['cut', (y) => y],
    ['transposed', (y) => y.transpose()],
    ['reversed', (y) => np.flip(y, 0)],
    ['reshaped', (y) => y.reshape([y.shape[0], 1, y.size / y.shape[0]])],
    ['padded', (y) => np.pad(y, [[0, 1], ...y.shape.slice(1).map(() => [0, 0] as const)]).get({ start: 1 })],
  ])('take as much as they have equations, of views that are %s', (_, f) => {
    const [few, many] = [100, 400].map((n) => extent(views(f)(n)))
    expect(many).toBeLessThan(4.5 * few)
  })
})
