import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jit, loadBackend, np, random, type Tensor, vjp } from '../../../src/index.js'
import * as lax from '../../../src/lax.js'

await loadBackend('wasm')

const runs = { numRuns: 40 }

/** The greatest difference between two tensors, beside the greatest element. */
const differenceOf = (x: Tensor, y: Tensor): number => {
  const [a, b] = [x.dataSync(), y.dataSync()]
  let most = 1e-30
  let difference = 0
  for (let i = 0; i < b.length; i++) {
    most = Math.max(most, Math.abs(b[i]))
    difference = Math.max(difference, Math.abs(a[i] - b[i]))
  }
  return difference / most
}

const expectAlike = (f: (...xs: Tensor[]) => readonly Tensor[], ...args: readonly Tensor[]): void => {
  const run = (backend: string) => jit(f, { backend })(...args)
  const wanted = run('reference')
  run('wasm').forEach((y, i) => {
    expect(differenceOf(y, wanted[i])).toBeLessThan(1e-5)
  })
}

/** Sizes at which multiplications are packed: rows of images in runs of eight and more, and others. */
const convolution = fc.record({
  images: fc.integer({ min: 1, max: 3 }),
  channels: fc.integer({ min: 1, max: 7 }),
  filters: fc.integer({ min: 3, max: 21 }),
  height: fc.integer({ min: 5, max: 11 }),
  width: fc.integer({ min: 7, max: 34 }),
  window: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 })),
  padding: fc.integer({ min: 0, max: 2 }),
  stride: fc.integer({ min: 1, max: 2 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  seed: fc.nat(),
})

describe('multiplications of packed panels', () => {
  it('are convolutions and their gradients', () =>
    fc.assert(
      fc.property(convolution, ({ images, channels, filters, height, width, window, ...options }) => {
        const { padding, stride, dilation, seed } = options
        const conv = (x: Tensor, k: Tensor): Tensor =>
          lax.convGeneralDilated(x, k, {
            strides: [stride, stride],
            padding: [
              [padding, padding],
              [padding, padding],
            ],
            rhsDilation: [dilation, dilation],
          })
        const keys = random.split(random.key(seed), 3)
        const x = random.normal(keys[0], [images, channels, height, width])
        const k = random.normal(keys[1], [filters, channels, ...window])
        const all = (a: Tensor, b: Tensor, weights: Tensor): readonly Tensor[] => {
          const [y, back] = vjp(conv, a, b)
          return [y, ...back(weights)]
        }
        expectAlike(all, x, k, random.normal(keys[2], conv(x, k).shape))
      }),
      runs,
    ))

  it('are products of matrices, transposed or not', () =>
    fc.assert(
      fc.property(
        fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 3, max: 70 }))),
        fc.boolean(),
        fc.boolean(),
        fc.nat(),
        ([m, n, k], isLeft, isRight, seed) => {
          const keys = random.split(random.key(seed), 2)
          const a = random.normal(keys[0], isLeft ? [k, m] : [m, k])
          const b = random.normal(keys[1], isRight ? [n, k] : [k, n])
          const product = (x: Tensor, y: Tensor): readonly Tensor[] => [
            np.matmul(isLeft ? x.transpose() : x, isRight ? y.transpose() : y),
          ]
          expectAlike(product, a, b)
        },
      ),
      runs,
    ))
  it('add up parts of long sums, and what is expressed of them', () =>
    fc.assert(
      fc.property(
        fc.tuple(...[1, 2].map(() => fc.integer({ min: 3, max: 24 }))),
        fc.integer({ min: 7, max: 9 }),
        fc.boolean(),
        fc.nat(),
        ([m, n], parts, isLeft, seed) => {
          const keys = random.split(random.key(seed), 3)
          const k = 1030 * parts
          const a = random.normal(keys[0], isLeft ? [k, m] : [m, k])
          const [b, c] = [random.normal(keys[1], [k, n]), random.normal(keys[2], [m, n])]
          const product = (x: Tensor, y: Tensor, z: Tensor): readonly Tensor[] => {
            const sums = np.matmul(isLeft ? x.transpose() : x, y)
            return [sums, sums.mul(z).add(1)]
          }
          expectAlike(product, a, b, c)
        },
      ),
      { numRuns: 8 },
    ))

  it('are one step where they add up parts', () => {
    const f = jit((x: Tensor, y: Tensor) => np.exp(np.matmul(x, y)).sum(), { backend: 'wasm' })
    const { program, placements } = f.lower(np.ones([8, 9000]), np.ones([9000, 8]))
    const where = placements?.map((p) => p.where)
    expect(where).toHaveLength(program.steps.length)
    expect(where?.[0]).toMatch(/packed panels, in \d+ parts$/)
    expect(where?.[1]).toBe('WebAssembly')
  })

  it('add up parts of the gradient of a convolution by its kernel', () => {
    const keys = random.split(random.key(7), 3)
    const x = random.normal(keys[0], [16, 4, 24, 24])
    const kernel = random.normal(keys[1], [5, 4, 3, 3])
    const conv = (k: Tensor): Tensor =>
      lax.convGeneralDilated(x, k, {
        strides: [1, 1],
        padding: [
          [1, 1],
          [1, 1],
        ],
      })
    const weights = random.normal(keys[2], [16, 5, 24, 24])
    expectAlike((k: Tensor, w: Tensor) => [vjp(conv, k)[1](w)[0]], kernel, weights)
  })
})
