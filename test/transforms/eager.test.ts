import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Arena } from '../../src/backends/wasm/memory/arena.js'
import { arrayOf } from '../../src/backends/wasm/memory/wasmArray.js'
import { backendNamed } from '../../src/compiler/backends.js'
import type { Concrete } from '../../src/graph/tensor.js'
import {
  customVjp,
  grad,
  jit,
  nn,
  np,
  setDefaultBackend,
  type Tensor,
  valueAndGrad,
  vjp,
} from '../../src/index.js'

beforeAll(() => setDefaultBackend('wasm'))

const wasm = backendNamed('wasm')
const stored = (t: Tensor): Tensor => {
  ;(t as Concrete).handleOn(wasm)
  return t
}
const arenaOf = (t: Tensor): Arena => arrayOf((t as Concrete).handleOn(wasm)).arena
const numbers = (...shape: readonly number[]): Tensor => {
  const size = shape.reduce((n, d) => n * d, 1)
  return stored(np.array(Float32Array.from({ length: size }, (_, i) => Math.sin(i))).reshape([...shape]))
}

/** The most bytes that a function adds to those of its argument, the dead of earlier work not counted. */
const added = (x: Tensor, f: () => unknown): number => {
  f()
  const arena = arenaOf(x)
  arena.residents.relieve()
  const before = arena.usedBytes
  let peak = before
  const allocate = arena.allocate.bind(arena)
  const spy = vi.spyOn(arena, 'allocate').mockImplementation((...request: Parameters<Arena['allocate']>) => {
    const block = allocate(...request)
    peak = Math.max(peak, arena.usedBytes)
    return block
  })
  f()
  spy.mockRestore()
  return peak - before
}

const bytes = (...shape: readonly number[]): number => 4 * shape.reduce((n, d) => n * d, 1)

describe('a broadcast outside of any trace', () => {
  const x = numbers(200, 64)
  const row = (y: Tensor): Tensor => np.expandDims(y, 0)
  const column = (y: Tensor): Tensor => np.expandDims(y, 1)

  it('is not stored for the operation that reads it', () => {
    expect(added(x, () => column(x).sub(row(x)))).toBeLessThan(1.03 * bytes(200, 200, 64))
    // the difference and its exponential, which the caller may hold both
    expect(added(x, () => np.exp(column(x).sub(row(x))))).toBeLessThan(2.05 * bytes(200, 200, 64))
    expect(added(x, () => np.broadcastTo(x, [200, 200, 64]).sum())).toBeLessThan(0.02 * bytes(200, 200, 64))
    expect(added(x, () => np.arange(1e6).sum())).toBeLessThan(0.02 * bytes(1e6))
  })

  it('gives what the trace of the whole gives', () => {
    const f = (y: Tensor): Tensor => np.exp(column(y).sub(row(y))).add(np.arange(64).mul(0.5))
    const y = numbers(5, 64)
    for (const name of ['reference', 'wasm']) {
      setDefaultBackend(name)
      expect(f(y).toArray()).toEqual(jit(f)(y).toArray())
    }
  })

  it('outlives its source, disposed of or donated', () => {
    const wanted = [
      [1, 2],
      [1, 2],
    ]
    const make = (): readonly [Tensor, Tensor] => {
      const source = stored(np.array([1, 2]))
      return [source, np.broadcastTo(source, [2, 2])]
    }
    const [disposed, first] = make()
    disposed.dispose()
    expect(() => disposed.toArray()).toThrow('disposed')
    // what is made now would take a block that was freed
    np.array([7, 7]).mul(1)
    expect(first.add(0).toArray()).toEqual(wanted)
    expect(first.toArray()).toEqual(wanted)

    const [donated, second] = make()
    expect(jit((t: Tensor) => t.mul(3), { donate: [0] })(donated).toArray()).toEqual([3, 6])
    expect(() => donated.toArray()).toThrow('donated')
    expect(second.toArray()).toEqual(wanted)
  })

  it('leaves its source when it is disposed of, read or not, and the last of both frees it', () => {
    const source = numbers(1000)
    const arena = arenaOf(source)
    const spread = () => np.broadcastTo(source, [3, 1000])
    spread().dispose()
    const read = spread()
    const wanted = read.toArray()
    read.dispose()
    expect(() => read.toArray()).toThrow('disposed')
    const last = spread()
    const before = arena.usedBytes
    source.dispose()
    expect(arena.usedBytes).toBe(before)
    expect(last.toArray()).toEqual(wanted)
    last.dispose()
    expect(arena.usedBytes).toBeLessThan(before)
  })

  it('is computed for what reads whole arrays: functions that are jitted, products, other backends, data', async () => {
    const spread = () => np.broadcastTo(np.array([1, 2]), [2, 2])
    expect(jit((t: Tensor) => t.add(1))(spread()).toArray()).toEqual([
      [2, 3],
      [2, 3],
    ])
    expect(np.matmul(spread(), spread()).toArray()).toEqual([
      [3, 6],
      [3, 6],
    ])
    expect(jit((t: Tensor) => t.add(1), { backend: 'reference' })(spread()).toArray()).toEqual([
      [2, 3],
      [2, 3],
    ])
    expect([...(await spread().data())]).toEqual([1, 2, 1, 2])
    expect([...spread().dataSync()]).toEqual([1, 2, 1, 2])
  })
})

describe('a gradient outside of any trace', () => {
  const [rows, columns] = [256, 1000]
  const logits = numbers(rows, columns)
  const labels = np.array(Int32Array.from({ length: rows }, (_, i) => (7 * i) % columns))
  const loss = (z: Tensor): Tensor => nn.softmaxCrossEntropy(z, labels).mean()
  const size = bytes(rows, columns)

  it('frees what it computed as soon as it was read', () => {
    expect(added(logits, () => grad(loss)(logits))).toBeLessThan(4.2 * size)
    expect(added(logits, () => valueAndGrad(loss)(logits))).toBeLessThan(4.2 * size)
  })

  it('of a jitted function donates the residuals', () => {
    expect(added(logits, () => grad(jit(loss))(logits))).toBeLessThan(1.4 * size)
  })

  it('gives what the jitted gradient gives', () => {
    const wanted = jit(grad(loss))(logits)
    for (const g of [grad(loss)(logits), grad(jit(loss))(logits), grad((z: Tensor) => jit(loss)(z))(logits)])
      expect(np.allclose(g, wanted, { rtol: 1e-5, atol: 1e-9 })).toBe(true)
  })

  it('leaves arguments, results and what a function can be pulled back by', () => {
    const x = numbers(50)
    const f = (y: Tensor): Tensor => np.exp(np.sin(y))
    const once = vjp(f, x)
    const [out, pull] = once
    const ones = np.ones([50])
    const first = pull(ones)[0].toArray()
    expect(pull(ones)[0].toArray()).toEqual(first)
    expect(out.toArray()).toEqual(f(x).toArray())
    const [[value, inner], gradient] = valueAndGrad(
      (y: Tensor): [Tensor, Tensor] => {
        const e = f(y)
        return [e.mul(e).sum(), e]
      },
      { hasAux: true },
    )(x)
    expect(inner.toArray()).toEqual(f(x).toArray())
    expect(value.item()).toBeCloseTo(inner.mul(inner).sum().item(), 4)
    expect(gradient.shape).toEqual([50])
    expect(x.toArray()).toEqual(numbers(50).toArray())
  })

  it('leaves what rules of the user keep', () => {
    const kept: Tensor[] = []
    const keeping = customVjp(
      (y: Tensor) => np.sin(y),
      (y: Tensor): [Tensor, Tensor] => {
        const c = np.cos(y)
        kept.push(y, c)
        return [np.sin(y), c]
      },
      (c: Tensor, ct: Tensor) => {
        const product = ct.mul(c)
        kept.push(ct, product)
        return [product]
      },
    )
    const x = numbers(20)
    grad((y: Tensor) => np.exp(keeping(y.mul(2))).sum())(x)
    expect(kept).toHaveLength(4)
    const [y, c, ct, product] = kept
    expect(np.allclose(y, x.mul(2))).toBe(true)
    expect(np.allclose(c, np.cos(y))).toBe(true)
    expect(np.allclose(product, ct.mul(c))).toBe(true)
  })
})
