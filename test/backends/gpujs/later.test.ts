import { describe, expect, it } from 'vitest'
import { loadGpu } from '../../../src/backends/gpujs/loadGpu.js'
import { cpuDevice } from '../../../src/backends/gpujs/scalar/cpuDevice.js'
import type { DeviceBuffer, ScalarDevice } from '../../../src/backends/gpujs/scalar/device.js'
import { laterBackend, TaskQueue } from '../../../src/backends/gpujs/scalar/laterBackend.js'
import { LruKernels } from '../../../src/backends/gpujs/scalar/lruKernels.js'
import type { ScalarGpu } from '../../../src/backends/gpujs/scalar/scalarGpu.js'
import { arrived, doLater, doNow, type Work } from '../../../src/backends/walk/waiting.js'
import { registerBackend } from '../../../src/compiler/backends.js'
import { cond, jit, np, pureCallback, random, scan, type Tensor, whileLoop } from '../../../src/index.js'
import { cpuCosts } from '../../../src/ir/costs.js'

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

const atOnce = cpuDevice(await loadGpu<ScalarGpu>('cpu'))
const freed = new Set<DeviceBuffer>()
const alive = (buffer: DeviceBuffer): DeviceBuffer => {
  if (freed.has(buffer)) throw new Error('a freed buffer is used')
  return buffer
}

/** Kernels and reads take their time, and what is freed is not to be used again. */
const slow: ScalarDevice = {
  ...atOnce,
  read: async (buffer) => {
    await pause()
    return atOnce.read(alive(buffer))
  },
  run: async (source, arrays) => {
    await pause()
    return atOnce.run(source, arrays.map(alive))
  },
  free: (buffer) => {
    freed.add(buffer)
  },
}
const backend = 'test:later'
registerBackend(
  backend,
  laterBackend(backend, { description: 'slow', isHardware: false }, slow, {
    ...cpuCosts,
    inputs: 7,
    outputs: 1,
  }),
)

/** Later, the results of the reference. */
const expectSame = async (f: (x: Tensor) => Tensor, x: Tensor): Promise<void> => {
  const want = await jit(f)(x).data()
  const got = await jit(f, { backend })(x).data()
  expect([...got]).toEqual([...want].map((w) => expect.closeTo(w, 4)))
}

describe('a backend that answers later', () => {
  it('waits in the middle of programs: loops, conditions, branches, routines of the host', async () => {
    const x = random.normal(random.key(0), [6, 5])
    await expectSame(
      (x) => scan((c: Tensor, y: Tensor) => [np.tanh(c.add(y)), c.mul(y)] as const, np.zeros([5]), x)[1],
      x,
    )
    await expectSame(
      (x) =>
        whileLoop(
          (v: Tensor) => np.abs(v).sum().less(1000),
          (v: Tensor) => v.mul(2),
          x,
        ),
      x,
    )
    for (const shift of [-100, 100])
      await expectSame(
        (x) =>
          cond(
            x.sum().add(shift).greater(0),
            (y: Tensor) => np.sin(y),
            (y: Tensor) => y.mul(3),
            x,
          ),
        x,
      )
    await expectSame((x) => np.sort(np.sin(x)).add(np.cumsum(x, 0)).mul(2), x)
  })

  it('cannot be read at once, until the data came', async () => {
    const y = jit((x: Tensor) => x.mul(2), { backend })(np.array([1, 2]))
    expect(() => y.toArray()).toThrow(/test:later answers later. Use await x.data\(\)/)
    expect([...(await y.data())]).toEqual([2, 4])
    expect(y.toArray()).toEqual([2, 4])
  })

  it('donates, reads and goes on without waiting, each in its turn', async () => {
    const step = jit((x: Tensor, k: Tensor) => x.mul(0.5).add(k), { donate: [0], backend })
    let x = np.zeros([3])
    const seen: Promise<ArrayLike<number>>[] = []
    const want: number[] = []
    for (let i = 0; i < 20; i++) {
      x = step(x, np.array(i % 3))
      want.push((want.at(-1) ?? 0) * 0.5 + (i % 3))
      seen.push(x.data())
    }
    const got = await Promise.all(seen)
    expect(got.map((g) => g[0])).toEqual(want.map((w) => expect.closeTo(w, 5)))
  })

  it('throws where a result is read; what depends on it fails too, and nothing else', async () => {
    const fails = jit(
      (x: Tensor) =>
        pureCallback(
          (_: Tensor) => {
            throw new Error('of the callback')
          },
          x,
          x,
        ),
      { backend },
    )
    const plus = jit((x: Tensor) => x.add(1), { backend })
    const bad = fails(np.array([1, 2]))
    const after = plus(bad)
    const good = plus(np.array([1, 2]))
    await expect(bad.data()).rejects.toThrow(/of the callback/)
    await expect(after.data()).rejects.toThrow(/of the callback/)
    expect([...(await good.data())]).toEqual([2, 3])
  })
})

describe('what it is made of', () => {
  it('work is done at once where nothing has to be waited for, and later else', async () => {
    function* doubled(x: number | Promise<number>): Work<number> {
      return 2 * (yield* arrived(x))
    }
    expect(doNow(doubled(2))).toBe(4)
    expect(await doLater(doubled(Promise.resolve(3)))).toBe(6)
    expect(() => doNow(doubled(Promise.resolve(3)))).toThrow(/internal/)
  })

  it('work hears of a promise that fails where it waits for it', async () => {
    function* recovering(): Work<string> {
      try {
        return yield* arrived<string>(Promise.reject(new Error('no')))
      } catch (error) {
        return `recovered from ${(error as Error).message}`
      }
    }
    expect(await doLater(recovering())).toBe('recovered from no')
  })

  it('tasks are done in order, also after one that fails', async () => {
    const queue = new TaskQueue()
    const done: string[] = []
    const first = queue.add(async () => {
      await pause()
      done.push('first')
    })
    const second = queue.add(async () => {
      done.push('second')
      throw new Error('fails')
    })
    const third = queue.add(async () => done.push('third'))
    await expect(second).rejects.toThrow('fails')
    await Promise.all([first, third])
    expect(done).toEqual(['first', 'second', 'third'])
  })

  it('the kernel that has not run for the longest is destroyed', () => {
    const destroyed: string[] = []
    const kernels = new LruKernels<{ destroy(): void }>(2)
    const get = (key: string) => kernels.get(key, () => ({ destroy: () => destroyed.push(key) }))
    const a = get('a')
    get('b')
    expect(get('a')).toBe(a)
    get('c')
    expect(destroyed).toEqual(['b'])
    expect(get('a')).toBe(a)
  })
})
