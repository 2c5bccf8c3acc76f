import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wasmBackend } from '../../../src/backends/wasm/index.js'
import type { WasmArray } from '../../../src/backends/wasm/memory/wasmArray.js'
import { webAssembly } from '../../../src/backends/wasm/webAssembly.js'
import type { Backend } from '../../../src/graph/backend.js'
import { jit, np, pureCallback, scan, setDefaultBackend, type Tensor } from '../../../src/index.js'
import { registerBackend } from '../../../src/transforms/backends.js'

if (webAssembly === undefined) throw new Error('the tests of the WebAssembly engine need WebAssembly')

const softLimit = 2 ** 23

/** An engine's memory: what it has now, of which the freed is a part, and what is in use. */
const memoryOf = (backend: Backend) => {
  const probe = backend.upload(new Float32Array(1)) as WasmArray
  const { arena } = probe
  return {
    get bytes() {
      return arena.memory.buffer.byteLength
    },
    get usedBytes() {
      return arena.usedBytes
    },
  }
}

/** 400 KB. */
const shape = [100_000]

describe.each([
  ['are collected', { softLimit }],
  ['become host memory', { softLimit, collect: null }],
])('in loops that never leave their job, arrays that nobody holds %s:', (how, residence) => {
  const name = `wasm whose arrays ${how}`
  const backend = { ...wasmBackend(webAssembly as NonNullable<typeof webAssembly>, { residence }), name }
  const memory = memoryOf(backend)
  // what the loop itself holds, and the step of growth
  const most = 4 * softLimit + 2 ** 24

  beforeAll(() => {
    registerBackend(name, backend)
    setDefaultBackend(name)
  })
  afterAll(() => setDefaultBackend('reference'))

  it('a jitted step that is read, and one that is not', () => {
    const step = jit((w: Tensor) => [w.mul(0.5).add(1), w.sum()] as const)
    let w = np.zeros(shape)
    for (let i = 0; i < 300; i++) {
      const [next, sum] = step(w)
      if (i % 2 === 0) sum.item()
      w = next
      expect(memory.bytes).toBeLessThanOrEqual(most)
    }
    expect(w.get(0).item()).toBeCloseTo(2, 6)
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(500e6)
  })

  it('eager operations', () => {
    let w = np.ones(shape)
    for (let i = 0; i < 300; i++) w = w.mul(0.5).mul(2)
    expect(memory.bytes).toBeLessThanOrEqual(most)
    expect(w.sum().item()).toBe(100_000)
  })

  it('of arrays that are held, the elements stay as they are', () => {
    const held: Tensor[] = []
    let w = np.zeros(shape)
    for (let i = 0; i < 400; i++) {
      w = w.add(1)
      if (i % 40 === 0) held.push(w)
    }
    held.forEach((x, i) => {
      expect([x.min().item(), x.max().item()]).toEqual([40 * i + 1, 40 * i + 1])
    })
    // and once more, now that they were used
    for (let i = 0; i < 100; i++) w = w.add(1)
    expect(held.map((x) => x.dataSync()[99_999])).toEqual(held.map((_, i) => 40 * i + 1))
  })

  it('programs that run within callbacks, whose outer inputs nobody else holds', () => {
    const inner = jit((x: Tensor) => x.add(1))
    const churned = (v: Tensor): Tensor => {
      let x = np.zeros(shape)
      for (let i = 0; i < 60; i++) x = inner(x)
      return v.add(x.max())
    }
    const outer = jit((x: Tensor, y: Tensor) =>
      pureCallback(churned, np.zeros([2]), x.get({ start: 0, stop: 2 }))
        .sum()
        .add(y),
    )
    for (let i = 0; i < 5; i++) {
      const got = outer(np.arange(100_000).astype('float32').add(i), np.full(shape, i).mul(2))
      expect([got.get(0).item(), got.get(99_999).item()]).toEqual([1 + 2 * i + 120 + 2 * i, 121 + 4 * i])
    }
    expect(memory.bytes).toBeLessThanOrEqual(most)
  })

  it('arguments that are donated, wherever they are by then', () => {
    const step = jit((w: Tensor, x: Tensor) => w.add(x), { donate: [0] })
    const kept = np.ones(shape).mul(3)
    let [w, x] = [np.zeros(shape), kept]
    for (let i = 0; i < 20; i++) {
      const early = np.ones(shape).mul(i)
      for (let k = 0; k < 30; k++) x = x.mul(1)
      w = step(w, early)
      x = step(x, kept).sub(kept)
    }
    expect([w.min().item(), w.max().item(), x.max().item(), kept.max().item()]).toEqual([190, 190, 3, 3])
    expect(memory.bytes).toBeLessThanOrEqual(most)
  })

  it('bodies of scans', () => {
    const f = jit((x: Tensor) =>
      scan((c: Tensor, y: Tensor) => [c.add(y), c.mul(y).sum()] as const, x, np.ones([5, ...shape])),
    )
    for (let i = 0; i < 60; i++) {
      const [carry, sums] = f(np.full(shape, i))
      expect(carry.get(7).item()).toBe(i + 5)
      expect(sums.toArray()).toEqual([0, 1, 2, 3, 4].map((k) => (k + i) * 100_000))
    }
    expect(memory.bytes).toBeLessThanOrEqual(most)
  })

  it('what was disposed of is freed once', () => {
    const before = memory.usedBytes
    const held = Array.from({ length: 10 }, (_, i) => np.ones(shape).mul(i))
    for (let i = 0; i < 100; i++) np.ones(shape).mul(i).dispose()
    for (const x of held) {
      expect(x.max().item()).toBe(held.indexOf(x))
      x.dispose()
      expect(() => x.dataSync()).toThrow('disposed')
    }
    let w = np.ones(shape)
    for (let i = 0; i < 100; i++) w = w.mul(1)
    expect(w.sum().item()).toBe(100_000)
    expect(memory.usedBytes).toBeLessThanOrEqual(before + 2 * softLimit)
  })

  it('very many small ones', () => {
    let x = np.zeros([])
    for (let i = 0; i < 20_000; i++) x = x.add(1)
    expect(x.item()).toBe(20_000)
    expect(memory.bytes).toBeLessThanOrEqual(most)
  })

  it('loops that await what they read', async () => {
    let w = np.zeros(shape)
    for (let i = 0; i < 300; i++) {
      w = w.add(1)
      await w.data()
    }
    expect(w.max().item()).toBe(300)
    expect(memory.bytes).toBeLessThanOrEqual(most)
  })
})

it.each(['main', 'worker'])('loops with the limit that is usual stay bounded in Node: %s', async (where) => {
  const script = fileURLToPath(new URL('./loopingProcess.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, where], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, GRAD_TS_BACKEND: 'wasm' },
  })
  let text = ''
  child.stdout.on('data', (part) => {
    text += part
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
  const { megabytes, value } = JSON.parse(text) as { megabytes: number; value: number }
  expect(value).toBe(300)
  expect(megabytes).toBeLessThan(300)
})
