import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DeviceArray } from '../../../src/backends/gpujs/deviceArray.js'
import { gpujsBackend } from '../../../src/backends/gpujs/index.js'
import { jit, np, pureCallback, scan, setDefaultBackend, type Tensor } from '../../../src/index.js'
import { registerBackend } from '../../../src/transforms/backends.js'
import { describeOnGl } from './gl.js'

const softLimit = 2 ** 22

/** 400 KB. */
const shape = [100_000]

for (const [how, residence] of [
  ['are collected', { softLimit }],
  ['become host memory', { softLimit, collect: null }],
] as const)
  describeOnGl(`in loops on textures that never leave their job, arrays that nobody holds ${how}:`, () => {
    const name = `gpujs whose arrays ${how}`
    // what the loop itself holds
    const most = 3 * softLimit
    let bytes = (): number => 0

    beforeAll(async () => {
      const backend = { ...(await gpujsBackend('headlessgl', residence)), name }
      const { runtime } = backend.upload(new Float32Array(1)) as DeviceArray
      bytes = () => runtime.bytes
      registerBackend(name, backend)
      setDefaultBackend(name)
    })
    afterAll(() => setDefaultBackend('reference'))

    it('a jitted step that is read, and one that is not', () => {
      const step = jit((w: Tensor) => [w.mul(0.5).add(1), w.sum()] as const)
      let w = np.zeros(shape)
      for (let i = 0; i < 150; i++) {
        const [next, sum] = step(w)
        if (i % 2 === 0) sum.item()
        w = next
        expect(bytes()).toBeLessThanOrEqual(most)
      }
      expect(w.get(0).item()).toBeCloseTo(2, 6)
    })

    it('eager operations', () => {
      let w = np.ones(shape)
      let largest = 0
      for (let i = 0; i < 150; i++) {
        w = w.mul(0.5).mul(2)
        largest = Math.max(largest, bytes())
      }
      // they are on the device at all
      expect(largest).toBeGreaterThan(softLimit / 2)
      expect(largest).toBeLessThanOrEqual(most)
      expect(w.sum().item()).toBe(100_000)
    })

    it('of arrays that are held, the elements stay as they are', () => {
      const held: Tensor[] = []
      let w = np.zeros(shape)
      for (let i = 0; i < 200; i++) {
        w = w.add(1)
        if (i % 20 === 0) held.push(w)
      }
      held.forEach((x, i) => {
        expect([x.min().item(), x.max().item()]).toEqual([20 * i + 1, 20 * i + 1])
      })
      // and once more, now that they were used
      for (let i = 0; i < 50; i++) w = w.add(1)
      expect(held.map((x) => x.dataSync()[99_999])).toEqual(held.map((_, i) => 20 * i + 1))
    })

    it('integers and booleans', () => {
      const held: (readonly [Tensor, Tensor])[] = []
      let w = np.zeros(shape)
      for (let i = 0; i < 60; i++) {
        w = w.add(1)
        const isEarly = np.less(w, 30)
        held.push([isEarly, isEarly.astype('int32')])
      }
      const got = held.map(([isEarly, n]) => [isEarly.dtype, isEarly.all().item(), n.dtype, n.min().item()])
      expect(got).toEqual(held.map((_, i) => ['bool', Number(i < 29), 'int32', Number(i < 29)]))
    })

    it('programs that run within callbacks, whose outer inputs nobody else holds', () => {
      const inner = jit((x: Tensor) => x.add(1))
      const churned = (v: Tensor): Tensor => {
        let x = np.zeros(shape)
        for (let i = 0; i < 40; i++) x = inner(x)
        return v.add(x.max())
      }
      const outer = jit((x: Tensor, y: Tensor) =>
        pureCallback(churned, np.zeros([2]), x.get({ start: 0, stop: 2 }))
          .sum()
          .add(y),
      )
      for (let i = 0; i < 5; i++) {
        const got = outer(np.arange(100_000).astype('float32').add(i), np.full(shape, i).mul(2))
        expect([got.get(0).item(), got.get(99_999).item()]).toEqual([1 + 2 * i + 80 + 2 * i, 81 + 4 * i])
      }
      expect(bytes()).toBeLessThanOrEqual(most)
    })

    it('arguments that are donated, wherever they are by then', () => {
      const step = jit((w: Tensor, x: Tensor) => w.add(x), { donate: [0] })
      const kept = np.ones(shape).mul(3)
      let [w, x] = [np.zeros(shape), kept]
      for (let i = 0; i < 10; i++) {
        const early = np.ones(shape).mul(i)
        for (let k = 0; k < 20; k++) x = x.mul(1)
        w = step(w, early)
        x = step(x, kept).sub(kept)
      }
      expect([w.min().item(), w.max().item(), x.max().item(), kept.max().item()]).toEqual([45, 45, 3, 3])
      expect(bytes()).toBeLessThanOrEqual(most)
    })

    it('bodies of scans', () => {
      const f = jit((x: Tensor) =>
        scan((c: Tensor, y: Tensor) => [c.add(y), c.mul(y).sum()] as const, x, np.ones([5, ...shape])),
      )
      for (let i = 0; i < 20; i++) {
        const [carry, sums] = f(np.full(shape, i))
        expect(carry.get(7).item()).toBe(i + 5)
        expect(sums.toArray()).toEqual([0, 1, 2, 3, 4].map((k) => (k + i) * 100_000))
      }
      expect(bytes()).toBeLessThanOrEqual(most)
    })

    it('what was disposed of is freed once', () => {
      const held = Array.from({ length: 5 }, (_, i) => np.ones(shape).mul(i))
      for (const x of held) {
        expect(x.max().item()).toBe(held.indexOf(x))
        x.dispose()
      }
      let w = np.ones(shape)
      for (let i = 0; i < 60; i++) w = w.mul(1)
      expect(w.sum().item()).toBe(100_000)
      expect(bytes()).toBeGreaterThanOrEqual(0)
      expect(bytes()).toBeLessThanOrEqual(most)
    })

    it('loops that await what they read', async () => {
      let w = np.zeros(shape)
      for (let i = 0; i < 100; i++) {
        w = w.add(1)
        await w.sum().data()
      }
      expect(w.max().item()).toBe(100)
      expect(bytes()).toBeLessThanOrEqual(most)
    })
  })
