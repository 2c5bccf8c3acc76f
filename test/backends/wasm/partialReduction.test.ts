import { describe, expect, it } from 'vitest'
import { explain } from '../../../src/debug.js'
import { type DType, jit, loadBackend, nn, np, random, type Tensor } from '../../../src/index.js'
import { threadedEngine } from './watchedThreads.js'

await loadBackend('wasm')
await threadedEngine('three threads', 3)

/** Of both signs, but with a sum that does not cancel. */
const numbers = (shape: readonly number[], dtype: DType = 'float32'): Tensor =>
  random.normal(random.key(shape.length), shape).mul(30).add(60).astype(dtype)

const logSumExp = (axis: number) => (x: Tensor) => x.sub(nn.logSoftmax(x, { axis })).sum()

/** Reductions to few points, and over rows. */
const reductions: readonly [what: string, f: (x: Tensor) => Tensor, x: Tensor, parts: number][] = [
  ['a sum of everything', (x) => x.sum(), numbers([1 << 18]), 8],
  ['a sum of everything, in float64', (x) => x.sum(), numbers([1 << 17], 'float64'), 4],
  ['a sum of integers', (x) => x.sum(), numbers([1 << 18], 'int32'), 8],
  ['a sum over the outer axes', (x) => x.sum({ axis: [0, 1] }), numbers([64, 999, 3]), 4],
  ['the greatest of all', (x) => np.max(x), numbers([96, 3001]), 8],
  ['the product of signs', (x) => np.prod(np.sign(x)), numbers([1 << 18]), 8],
  ['whether all are', (x) => np.all(np.less(x, 1000)), numbers([1 << 18]), 8],
  ['a sum of rows', (x) => x.sum({ axis: 0 }), numbers([2560, 33]), 80],
  ['the least of rows', (x) => np.min(x, { axis: 0 }), numbers([1500, 70]), 50],
  ['a variance of rows', (x) => np.var(x, { axis: 0 }), numbers([2048, 40]), 64],
  ['a softmax of rows', (x) => nn.softmax(x.mul(0.01), { axis: 0 }), numbers([2048, 40]), 64],
  ['a logarithm of summed exponentials of rows', logSumExp(0), numbers([2048, 40]), 64],
  [
    'a sum of padded rows',
    (x) =>
      np
        .pad(x, [
          [3, 9],
          [0, 0],
        ])
        .sum({ axis: 0 }),
    numbers([1012, 70]),
    1,
  ],
  ['a prime number of rows', (x) => x.sum({ axis: 0 }), numbers([2557, 33]), 1],
]

describe('reductions in parts', () => {
  it.each(reductions)('%s', (_, f, x, parts) => {
    const [wanted, ...found] = ['reference', 'wasm', 'three threads'].map((backend) => jit(f, { backend })(x))
    for (const y of found) {
      expect(y.dtype).toBe(wanted.dtype)
      const [a, b] = [y.dataSync(), wanted.dataSync()]
      a.forEach((v, i) => {
        expect(Math.abs(v - b[i])).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(b[i])))
      })
    }
    const steps = explain(jit(f, { backend: 'wasm' }).lower(x))
    if (parts === 1) expect(steps).not.toContain('parts')
    else expect(steps).toContain(`in ${parts} parts`)
  })

  it('keep NaN and infinities', () => {
    const x = numbers([32768, 3]).at(300, 1).set(Number.NaN).at(7, 2).set(Number.POSITIVE_INFINITY)
    const run = (f: (t: Tensor) => Tensor): unknown => jit(f, { backend: 'wasm' })(x).toArray()
    expect(run((t) => np.isnan(t.sum({ axis: 0 })))).toEqual([false, true, false])
    expect(run((t) => np.isinf(np.max(t, { axis: 0 })))).toEqual([false, false, true])
  })
})

it('over more points than 32 bits count is of all of them, where it is not divided', () => {
  // a prime, so that nothing divides the axis
  const n = 65_537
  const total = jit(() => np.ones([n, n]).sum(), { backend: 'wasm' })().item()
  expect(total / n ** 2).toBeCloseTo(1, 6)
})
