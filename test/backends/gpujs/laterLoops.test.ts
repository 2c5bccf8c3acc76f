import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gpujsBackend } from '../../../src/backends/gpujs/index.js'
import type { ScalarArray } from '../../../src/backends/gpujs/scalar/scalarArray.js'
import { registerBackend } from '../../../src/compiler/backends.js'
import { jit, loadBackend, np, scan, setDefaultBackend, type Tensor } from '../../../src/index.js'
import { describeOn } from './describeOn.js'

const softLimit = 2 ** 22

/** 400 KB. */
const shape = [100_000]

const describeOnWebgpu = await describeOn('gpujs:webgpu', 'GRAD_TS_REQUIRE_WEBGPU')

for (const [how, residence] of [
  ['are collected', { softLimit }],
  ['become host memory', { softLimit, collect: null }],
] as const)
  describeOnWebgpu(`in loops on WebGPU, arrays that nobody holds ${how}:`, () => {
    const name = `webgpu whose arrays ${how}`
    // what the loop itself holds
    const most = 3 * softLimit
    /** Of the arrays that have buffers. */
    let bytes = (): number => 0

    beforeAll(async () => {
      const backend = { ...(await gpujsBackend('webgpu', residence)), name }
      const { made } = backend.upload(new Float32Array(1)) as { readonly made: Promise<ScalarArray> }
      const { residents } = (await made).device
      bytes = () => Number(/of (\d+) bytes/.exec(residents?.description ?? '')?.[1])
      registerBackend(name, backend)
      setDefaultBackend(name)
    })
    afterAll(() => setDefaultBackend('reference'))

    it('a jitted step whose loss is awaited', async () => {
      const step = jit((w: Tensor) => [w.mul(0.5).add(1), w.sum()] as const)
      let w = np.zeros(shape)
      let largest = 0
      for (let i = 0; i < 100; i++) {
        const [next, sum] = step(w)
        await sum.data()
        w = next
        largest = Math.max(largest, bytes())
      }
      // they are on the device at all
      expect(largest).toBeGreaterThan(softLimit / 2)
      expect(largest).toBeLessThanOrEqual(most)
      expect((await w.data())[0]).toBeCloseTo(2, 6)
    })

    it('eager operations of which nothing is read until the end', async () => {
      let w = np.ones(shape)
      for (let i = 0; i < 100; i++) w = w.mul(0.5).mul(2)
      expect((await w.sum().data())[0]).toBe(100_000)
      expect(bytes()).toBeLessThanOrEqual(most)
    })

    it('of arrays that are held, the elements stay as they are', async () => {
      const held: Tensor[] = []
      let w = np.zeros(shape)
      for (let i = 0; i < 100; i++) {
        w = w.add(1)
        if (i % 10 === 0) held.push(w, np.less(w, 30))
        if (i % 7 === 0) await w.max().data()
      }
      for (let round = 0; round < 2; round++)
        for (const [i, x] of held.entries()) {
          const value = 10 * Math.floor(i / 2) + 1
          const [least] = await x.astype('float32').min().data()
          expect(least).toBe(i % 2 === 0 ? value : Number(value < 30))
        }
    })

    it('bodies of scans, and arguments that are donated', async () => {
      const f = jit(
        (x: Tensor) =>
          scan((c: Tensor, y: Tensor) => [c.add(y), c.mul(y).sum()] as const, x, np.ones([5, ...shape])),
        { donate: [0] },
      )
      for (let i = 0; i < 15; i++) {
        const [carry, sums] = f(np.full(shape, i).add(1))
        expect([...(await sums.data())]).toEqual([1, 2, 3, 4, 5].map((k) => (k + i) * 100_000))
        expect((await carry.data())[7]).toBe(i + 6)
      }
      expect(bytes()).toBeLessThanOrEqual(most)
    })
  })

describe("on gpu.js's own interpreter", () => {
  beforeAll(async () => {
    await loadBackend('gpujs:cpu')
    setDefaultBackend('gpujs:cpu')
  })
  afterAll(() => setDefaultBackend('reference'))

  it('a loop that never leaves its job holds what it holds', () => {
    let w = np.zeros(shape)
    for (let i = 0; i < 1500; i++) w = w.add(1)
    // 600 MB were made
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(300e6)
    expect(w.max().item()).toBe(1500)
  })
})
