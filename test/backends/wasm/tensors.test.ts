import { describe, expect, it } from 'vitest'
import { jit, nn, np, type Tensor } from '../../../src/index.js'

/** Numbers without a pattern that strides could hide. */
const noise = (size: number, seed = 1): Float32Array => {
  let state = seed
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

const numbers = (x: Tensor): readonly number[] => [...x.dataSync()]

/** A function gives on the engine what it gives on the reference, relative to 1 + the largest magnitude. */
const agrees = (f: (...xs: Tensor[]) => Tensor, args: readonly Tensor[], tolerance: number): void => {
  const want = numbers(jit(f, { backend: 'reference' })(...args))
  const got = numbers(jit(f, { backend: 'wasm' })(...args))
  expect(got.length).toBe(want.length)
  const scale = 1 + want.reduce((m, x) => Math.max(m, Math.abs(x)), 0)
  const worst = got.reduce(
    (m, g, i) => Math.max(m, Object.is(g, want[i]) ? 0 : Math.abs(g - want[i]) / scale),
    0,
  )
  expect(worst).toBeLessThanOrEqual(tolerance)
}

const matrix = (rows: number, columns: number, seed?: number): Tensor =>
  np.array(noise(rows * columns, seed)).reshape([rows, columns])

describe('reductions in passes', () => {
  const shapes = [
    [1, 1],
    [5, 3],
    [3, 67],
    [67, 3],
    [33, 1030],
    [1030, 33],
    [2, 5000],
  ] as const
  it.each(shapes)('softmax, logsumexp and variance of [%i, %i], along both axes', (rows, columns) => {
    const x = matrix(rows, columns).mul(30)
    for (const axis of [0, 1]) {
      agrees((t) => nn.softmax(t, { axis }), [x], 1e-6)
      agrees((t) => np.logsumexp(t, { axis }), [x], 1e-6)
      agrees((t) => np.var(t, { axis }), [x], 1e-6)
    }
  })

  it('where all of a row is −∞, or some of it ∞', () => {
    const inf = Number.POSITIVE_INFINITY
    const x = np.array([
      [-inf, -inf, -inf, -inf, -inf],
      [1, 2, -inf, 3, 4],
      [1, 2, 3, inf, 5],
    ])
    agrees((t) => np.logsumexp(t, { axis: 1 }), [x.at([2]).set(0)], 1e-6)
    expect(numbers(jit((t: Tensor) => np.logsumexp(t, { axis: 1 }), { backend: 'wasm' })(x))).toEqual(
      numbers(jit((t: Tensor) => np.logsumexp(t, { axis: 1 }), { backend: 'reference' })(x)),
    )
  })
})

describe('contractions', () => {
  const sizes = [
    [3, 3, 500],
    [4, 8, 256],
    [5, 9, 257],
    [97, 1025, 20],
    [130, 40, 513],
    [33, 1100, 300],
  ] as const
  it.each(sizes)('[%i, %i] over %i, either way round', (m, n, k) => {
    const [a, b] = [matrix(m, k), matrix(k, n, 7)]
    const [at, bt] = [a.transpose(), b.transpose()]
    agrees((x, y) => x.matmul(y), [a, b], 1e-6)
    agrees((x, y) => x.transpose().matmul(y), [at, b], 1e-6)
    agrees((x, y) => x.matmul(y.transpose()), [a, bt], 1e-6)
    agrees((x, y) => x.transpose().matmul(y.transpose()), [at, bt], 1e-6)
  })

  it('of reversed, sliced and padded operands, with bias, activation and a comparison at the end', () => {
    const [a, b] = [matrix(40, 61), matrix(61, 30, 3)]
    agrees((x, y) => np.flip(x, 1).matmul(y), [a, b], 1e-6)
    agrees(
      (x, y) =>
        np
          .pad(x, [
            [1, 2],
            [0, 0],
          ])
          .matmul(y),
      [a, b],
      1e-6,
    )
    agrees((x, y) => nn.relu(x.matmul(y).add(1)).mul(np.tanh(x.matmul(y))), [a, b], 1e-6)
    agrees((x, y) => x.matmul(y).greater(0.1).astype('float32'), [a, b], 0)
    agrees((x, y) => x.reshape([2, 20, 61]).matmul(y).sum({ axis: 0 }), [a, b], 1e-6)
  })
})

describe('memory', () => {
  it('of results is used again, so that it does not grow from call to call', () => {
    const f = jit((x: Tensor) => np.tanh(x.matmul(x)).add(1), { backend: 'wasm', donate: [0] })
    let x = matrix(200, 200)
    const values: number[] = []
    for (let i = 0; i < 20; i++) {
      x = f(x).sub(1)
      values.push(numbers(x)[0])
    }
    expect(values.every((v) => Math.abs(v) <= 1)).toBe(true)
  })
})
