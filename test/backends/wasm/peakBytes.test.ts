import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Arena } from '../../../src/backends/wasm/memory/arena.js'
import { arrayOf } from '../../../src/backends/wasm/memory/wasmArray.js'
import { backendNamed } from '../../../src/compiler/backends.js'
import type { Concrete } from '../../../src/graph/tensor.js'
import {
  grad,
  type Jitted,
  jit,
  nn,
  np,
  optim,
  scan,
  setDefaultBackend,
  type Tensor,
  tree,
  valueAndGrad,
} from '../../../src/index.js'

const wasm = backendNamed('wasm')
beforeAll(() => setDefaultBackend('wasm'))

const numbers = (...shape: readonly number[]): Tensor => {
  const size = shape.reduce((n, d) => n * d, 1)
  return np
    .array(Float32Array.from({ length: size }, (_, i) => Math.sin(i)))
    .reshape([...shape])
    .mul(1)
}
const classes = (count: number, of: number): Tensor =>
  np.array(Int32Array.from({ length: count }, (_, i) => (7 * i) % of))

/** The most bytes in use while a function runs a second time, above those before, those of its arguments counted in. */
const measured = <A extends readonly unknown[]>(f: Jitted<A, unknown>, args: () => A): number => {
  f(...args())
  const given = args()
  const arrays = tree.leaves(given).map((t) => arrayOf((t as Concrete).handleOn(wasm)))
  const { arena } = arrays[0]
  const own = arrays.reduce((sum, a) => sum + a.block.size, 0)
  const before = arena.usedBytes
  let peak = 0
  const allocate = arena.allocate.bind(arena)
  const spy = vi.spyOn(arena, 'allocate').mockImplementation((...request: Parameters<Arena['allocate']>) => {
    const block = allocate(...request)
    peak = Math.max(peak, arena.usedBytes)
    return block
  })
  f(...given)
  spy.mockRestore()
  return peak - before + own
}

const two = (a: Tensor, b: Tensor): [Tensor, Tensor] => [a, b]

const crossEntropy = (z: Tensor, labels: Tensor): Tensor => nn.softmaxCrossEntropy(z, labels).mean()

const optimizer = optim.adam(1e-3)
type Weights = { readonly w: Tensor; readonly b: Tensor; readonly v: Tensor }
const step = (params: Weights, state: ReturnType<typeof optimizer.init>, x: Tensor, y: Tensor) => {
  const loss = ({ w, b, v }: Weights): Tensor =>
    crossEntropy(np.matmul(nn.relu(np.matmul(x, w).add(b)), v), y)
  const [l, grads] = valueAndGrad(loss)(params)
  const [updates, next] = optimizer.update(grads, state, params)
  return [optim.applyUpdates(params, updates), next, l] as const
}
const training = () => {
  const params = { w: numbers(784, 256), b: numbers(256), v: numbers(256, 10) }
  const state = tree.map((t: Tensor) => t.mul(1), optimizer.init(params))
  return [params, state, numbers(64, 784), classes(64, 10)] as Parameters<typeof step>
}

const recurrent = (w: Tensor, x: Tensor): Tensor =>
  scan((h: Tensor, xt: Tensor) => [np.tanh(np.matmul(h, w).add(xt)), null] as const, x.get(0), x)[0].sum()

describe('peakBytes', () => {
  const close = <A extends readonly unknown[]>(f: Jitted<A, unknown>, args: () => A): void => {
    const said = f.lower(...args()).peakBytes()
    const seen = measured(f, args)
    expect(said / seen).toBeGreaterThan(0.95)
    expect(said / seen).toBeLessThan(1.05)
  }

  it('is what the engine allocates for a step of training, whether arguments are donated or not', () => {
    const donating = jit(step, { donate: [0, 1] })
    close(jit(step), training)
    close(donating, training)
    expect(donating.lower(...training()).peakBytes()).toBeLessThan(
      0.8 *
        jit(step)
          .lower(...training())
          .peakBytes(),
    )
  })

  it('is what it allocates for a convolution and its gradient', () => {
    const f = (x: Tensor, k: Tensor): Tensor =>
      nn.functional.maxPool(nn.relu(nn.functional.conv2d(x, k)), { window: 2 }).sum()
    close(jit(grad(f, { argnums: [0, 1] })), () => two(numbers(8, 3, 32, 32), numbers(16, 3, 3, 3)))
  })

  it('is what it allocates for softmax, and for a loop and its gradient', () => {
    close(
      jit((x: Tensor) => nn.softmax(x)),
      () => [numbers(500, 300)] as [Tensor],
    )
    close(jit(recurrent), () => two(numbers(64, 64), numbers(50, 32, 64)))
    close(jit(grad(recurrent)), () => two(numbers(64, 64), numbers(50, 32, 64)))
  })

  it('of the gradient of cross-entropy with integer labels is twice the logits, and a row of each', () => {
    const [rows, columns] = [256, 4000]
    const args = () => two(numbers(rows, columns), classes(rows, columns))
    for (const f of [jit(grad(crossEntropy)), jit(valueAndGrad(crossEntropy))]) {
      close(f, args)
      expect(measured(f, args)).toBeLessThan(2.02 * 4 * rows * columns)
    }
    const [own, wanted] = ['wasm', 'reference'].map((backend) =>
      jit(grad(crossEntropy), { backend })(...args()),
    )
    expect(np.allclose(own, wanted, { rtol: 1e-4, atol: 1e-9 })).toBe(true)
  })
})
