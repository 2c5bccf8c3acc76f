import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { ModuleBuilder } from '../../../src/backends/wasm/assembler/moduleBuilder.js'
import { i32 } from '../../../src/backends/wasm/assembler/scalars.js'
import { type EngineOptions, wasmBackend } from '../../../src/backends/wasm/index.js'
import { Arena } from '../../../src/backends/wasm/memory/arena.js'
import { namedThreads } from '../../../src/backends/wasm/threads/hostThreads.js'
import { slot } from '../../../src/backends/wasm/threads/meeting.js'
import { SharedModule, ThreadPool } from '../../../src/backends/wasm/threads/pool.js'
import type { WebAssemblyPlatform } from '../../../src/backends/wasm/webAssembly.js'
import { backendNamed, registerBackend } from '../../../src/compiler/backends.js'
import { foriLoop, grad, jit, loadBackend, nn, np, pureCallback, type Tensor } from '../../../src/index.js'
import type { Backend } from '../../../src/ir/backend.js'
import { engine, threadedEngine, WatchedThreads } from './watchedThreads.js'

/** Numbers without a pattern that strides could hide. */
const noise = (shape: readonly number[], seed = 1): Tensor => {
  let state = seed
  const size = shape.reduce((n, extent) => n * extent, 1)
  const data = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
  return np.array(data).reshape(shape)
}

const bitsOf = (x: Tensor): readonly number[] => {
  const { buffer, byteOffset, byteLength } = x.dataSync()
  return [...new Uint8Array(buffer, byteOffset, byteLength)]
}

const programs: readonly (readonly [string, (...xs: Tensor[]) => Tensor, readonly Tensor[]])[] = [
  ['a chain', (x) => np.tanh(x.mul(1.1).add(x)).sub(np.exp(x)), [noise([20_001])]],
  ['a chain of rows and columns', (x, y) => x.mul(y).add(x), [noise([7, 1003]), noise([1003], 5)]],
  ['functions of the host', (x) => np.sin(x.mul(1e7)), [noise([9000])]],
  ['a transposition', (x) => x.transpose().add(1), [noise([130, 517])]],
  ['sums of columns', (x) => x.sum({ axis: 0 }), [noise([517, 2100])]],
  ['sums of rows', (x) => x.sum({ axis: 1 }), [noise([37, 2103])]],
  ['sums over the first and last axes', (x) => x.sum({ axis: [0, 2] }), [noise([11, 31, 67])]],
  ['a sum of everything', (x) => x.mul(x).sum(), [noise([300_007])]],
  ['the greatest', (x) => np.max(x, { axis: 1 }), [noise([37, 2103])]],
  ['a softmax of rows', (x) => nn.softmax(x, { axis: 1 }), [noise([67, 301])]],
  ['a softmax of columns', (x) => nn.softmax(x, { axis: 0 }), [noise([67, 3301])]],
  ['a product, tall', (x, y) => x.matmul(y), [noise([517, 61]), noise([61, 33], 3)]],
  ['a product, wide', (x, y) => x.matmul(y), [noise([33, 301]), noise([301, 1117], 3)]],
  ['a product over much', (x, y) => x.matmul(y), [noise([67, 1301]), noise([1301, 67], 3)]],
  ['a product over more, in parts', (x, y) => x.matmul(y), [noise([67, 12_012]), noise([12_012, 35], 3)]],
  ['a product of one block of k', (x, y) => x.matmul(y), [noise([130, 200]), noise([200, 130], 3)]],
  ['products of a batch', (x, y) => x.matmul(y), [noise([13, 21, 40]), noise([13, 40, 19], 3)]],
  ['integers', (x) => x.astype('int32').mul(3).add(1), [noise([9001]).mul(1000)]],
  [
    'a loop',
    (x, w) => foriLoop(0, 5, (_: Tensor, h: Tensor) => np.tanh(h.matmul(w)), x),
    [noise([64, 64]), noise([64, 64], 9)],
  ],
  [
    'a gradient',
    (x, w) =>
      grad((p: Tensor) =>
        nn
          .logSoftmax(np.tanh(x.matmul(p)))
          .mul(x.matmul(p))
          .mean(),
      )(w),
    [noise([64, 80]), noise([80, 50], 9)],
  ],
  ['a callback', (x) => pureCallback((v: Tensor) => v.mul(2), x.add(1), x.add(1)).sub(1), [noise([64, 80])]],
]

describe('results have the same bits', async () => {
  const names = ['one thread', 'two threads', 'three threads']
  const [, two, three] = await Promise.all(names.map((name, i) => threadedEngine(name, i + 1)))
  it.each(programs)('of %s', (_, f, args) => {
    const [one, ...others] = names.map((backend) => bitsOf(jit(f, { backend })(...args)))
    for (const other of others) expect(other).toEqual(one)
  })

  it('and threads made their parts of them', () => {
    for (const watched of [two, three]) {
      expect(watched.ends).toEqual([])
      watched.started.forEach((_, which) => {
        expect(watched.turns(which)).toBeGreaterThan(programs.length)
      })
    }
  })

  it('and are in memory that is not shared', async () => {
    const y = jit((x: Tensor) => x.add(1), { backend: 'two threads' })(noise([9000]))
    expect(y.dataSync().buffer).toBeInstanceOf(ArrayBuffer)
    expect((await y.data()).buffer).toBeInstanceOf(ArrayBuffer)
    const seen: unknown[] = []
    const told = (v: Tensor): Tensor => {
      seen.push(v.dataSync().buffer)
      return v
    }
    jit((x: Tensor) => pureCallback(told, x, x.add(1)), { backend: 'two threads' })(noise([9000])).dataSync()
    for (const buffer of seen) expect(buffer).toBeInstanceOf(ArrayBuffer)
  })
})

/** What is compiled for a backend is kept by the backend's name. */
const named = (name: string, options: EngineOptions): Backend =>
  Object.defineProperty(wasmBackend(engine, options), 'name', { value: name })

describe('the number of threads', () => {
  it('is what the environment says, or an error', () => {
    expect(namedThreads('1')).toBe(1)
    expect(namedThreads('12')).toBe(12)
    for (const text of ['0', '-1', '1.5', 'two', '', ' 2', '65', '1e1'])
      expect(() => namedThreads(text)).toThrow('GRAD_TS_THREADS: a number of threads from 1 to 64')
  })

  it('is chosen before the first use', async () => {
    registerBackend('chosen', named('chosen', {}))
    await expect(loadBackend('chosen', { threads: 0 })).rejects.toThrow('from 1 to 64')
    await loadBackend('chosen', { threads: 3 })
    expect(backendNamed('chosen').device.description).toContain('3 threads')
    jit((x: Tensor) => x.add(1), { backend: 'chosen' })(noise([3]))
    await loadBackend('chosen', { threads: 3 })
    await expect(loadBackend('chosen', { threads: 2 })).rejects.toThrow('before the first use')
    await expect(loadBackend('reference', { threads: 2 })).rejects.toThrow('a backend with threads')
  })

  it('starts with the compilation of what is worth their while', () => {
    const watched = new WatchedThreads()
    const backend = named('early', { threads: 2, host: watched })
    registerBackend('early', backend)
    const compiled = (size: number) => {
      const f = jit((x: Tensor) => np.exp(x.matmul(x)), { backend: 'early' })
      backend.compile(f.lower(np.zeros([size, size])).program)
      return watched.started.length
    }
    expect(compiled(8)).toBe(0)
    expect(compiled(512)).toBe(1)
    expect(compiled(640)).toBe(1)
  })

  it('is one where the host has none', () => {
    registerBackend('alone', named('alone', { host: null }))
    expect(backendNamed('alone').device.description).toContain('one thread')
    const x = noise([3001])
    const y = jit((t: Tensor) => t.add(1), { backend: 'alone' })(x)
    expect(bitsOf(y)).toEqual(bitsOf(jit((t: Tensor) => t.add(1), { backend: 'reference' })(x)))
  })
})

it('there is one thread where no shared memory is to be had', () => {
  const small: WebAssemblyPlatform = {
    Memory: class extends engine.Memory {
      constructor(limits: ConstructorParameters<WebAssemblyPlatform['Memory']>[0]) {
        if (limits.shared) throw new RangeError('no')
        super(limits)
      }
    },
    Module: engine.Module,
    Instance: engine.Instance,
    validate: (bytes) => engine.validate(bytes),
  }
  const backend = wasmBackend(small, { threads: 2 })
  const x = Float32Array.of(1, 2, 3)
  expect(backend.downloadSync(backend.upload(x.slice()))).toEqual(x)
  expect(backend.device.description).toContain('one thread')
})

describe('threads', () => {
  it('go on over thousands of programs', async () => {
    const watched = await threadedEngine('many', 2)
    const x = noise([3000])
    const first = jit((t: Tensor) => t.mul(0.5), { backend: 'many' })
    const before = bitsOf(first(x))
    for (let i = 0; i < 2000; i++) {
      const y = jit((t: Tensor) => t.add(i), { backend: 'many' })(np.zeros([3000]))
      expect([y.at([0]).get(), y.at([2999]).get()].map((e) => e.item())).toEqual([i, i])
      y.dispose()
    }
    expect(bitsOf(first(x))).toEqual(before)
    expect(watched.ends).toEqual([])
  })

  it('keep no process alive', async () => {
    const script = fileURLToPath(new URL('./threadedProcess.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.on('data', (part) => {
      text += part
    })
    const [code] = await once(child, 'close')
    expect([code, text]).toEqual([0, 'worked\n'])
  })
})

/** A pool, and a function that stores at a part's first unit, wherever `table` says. */
const poolOf = (threads: WatchedThreads, count: number, patience?: number) => {
  const arena = new Arena(engine, true)
  const module = new ModuleBuilder({ module: 'engine', name: 'memory', ...arena.limits })
  const { index } = module.procedure('store', ['i32', 'i32', 'i32', 'i32'], (f, table, from, to) => {
    const i = f.variable(from)
    f.loop((again) => {
      f.do(i32.store(i32.add(table, i32.mul(i, i32.const(4))), i32.add(i, i32.const(1))))
      f.set(i, i32.add(i, i32.const(1)))
      f.branch(again, i32.ltU(i, to))
    })
  })
  const bytes = module.toBytes()
  const { exports } = new engine.Instance(new engine.Module(bytes), { engine: { memory: arena.memory } })
  const work = { module: new SharedModule(arena, bytes), index, call: exports['store'] }
  const pool = new ThreadPool(engine, arena, threads, count, 64, 0, patience)
  const units = 9
  const target = arena.allocate(4 * units).address
  return {
    run: (table = target): readonly number[] => {
      pool.run({ functions: [{ of: work, table }], units, nanoseconds: 1000, fineness: 1 })
      return [...arena.view('int32', target, units)]
    },
    size: () => pool.size,
    end: () => arena.memory.buffer.byteLength,
  }
}

const stored = [1, 2, 3, 4, 5, 6, 7, 8, 9]

/** A thread that takes every turn, and then does just this. */
const takingTurns = (then: string): string => `
  const { memory, slot } = require('worker_threads').workerData
  const words = new Int32Array(memory.buffer)
  const at = slot / 4
  Atomics.store(words, at + ${slot.isReady / 4}, 1)
  for (;;) {
    const turn = Atomics.load(words, at)
    if (turn % 2 !== 0 || Atomics.compareExchange(words, at, turn, turn + 1) !== turn) continue
    ${then}
  }`

describe('a crash', () => {
  it('of a function on a thread is an error, and no more', async () => {
    const threads = new WatchedThreads()
    const pool = poolOf(threads, 2)
    expect(pool.run()).toEqual(stored)
    await threads.ready()
    // the first units end before the memory does, the others are beyond it
    let thrown = ''
    for (let i = 0; i < 1000 && thrown === ''; i++)
      try {
        pool.run(pool.end() - 16)
      } catch (error) {
        if (error instanceof Error && error.name === 'BackendError') thrown = error.message
      }
    expect(thrown).toMatch(/failed on a thread: RuntimeError: memory access out of bounds/)
    for (let i = 0; i < 100; i++) expect(pool.run()).toEqual(stored)
    expect(threads.ends).toEqual([])
  })

  it('of a thread is an error of the next use, after which the caller works alone', async () => {
    const threads = new WatchedThreads()
    const pool = poolOf(threads, 3)
    pool.run()
    await threads.ready()
    threads.started[0].thread.terminate()
    while (threads.ends.length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    expect(() => pool.run()).toThrow(/threads that go on are required, got one that ended: .*exit code 1/)
    for (let i = 0; i < 10; i++) expect(pool.run()).toEqual(stored)
    expect(pool.size()).toBe(1)
  })

  it('of a thread, while nobody turns the event loop, is no hang', async () => {
    const threads = new WatchedThreads()
    const pool = poolOf(threads, 2, 100)
    pool.run()
    await threads.ready()
    threads.started[0].thread.terminate()
    for (let i = 0; i < 2000; i++) {
      try {
        expect(pool.run()).toEqual(stored)
      } catch (error) {
        expect(String(error)).toMatch('stopped in the middle of its work')
        break
      }
    }
  })

  it('of a thread that took work and never finishes is an error, now and later', async () => {
    const threads = new WatchedThreads(takingTurns(''))
    const pool = poolOf(threads, 2, 100)
    pool.run()
    await threads.ready()
    const error = /stopped in the middle of its work/
    expect(() => {
      for (let i = 0; i < 100_000; i++) pool.run()
    }).toThrow(error)
    expect(() => pool.run()).toThrow(error)
    threads.started[0].thread.terminate()
  })

  it('is not what a process is that was suspended for an hour while it waited', async () => {
    const threads = new WatchedThreads(
      takingTurns(`
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
        Atomics.store(words, at + ${slot.done / 4}, turn)
        Atomics.notify(words, at + ${slot.done / 4})`),
    )
    const pool = poolOf(threads, 2, 5000)
    pool.run()
    await threads.ready()
    const now = performance.now.bind(performance)
    let looks = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + (++looks > 1 ? 3_600_000 : 0))
    try {
      for (let i = 0; i < 100_000 && looks < 2; i++) expect(pool.run()).toEqual(stored)
    } finally {
      clock.mockRestore()
      threads.started[0].thread.terminate()
    }
    expect(looks).toBeGreaterThanOrEqual(2)
  })

  it('of a thread that cannot start leaves the work to the caller', async () => {
    const threads = new WatchedThreads('throw new Error("no")')
    const pool = poolOf(threads, 2)
    pool.run()
    while (threads.ends.length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    expect(threads.ends[0]).toContain('no')
    for (let i = 0; i < 10; i++) expect(pool.run()).toEqual(stored)
    expect(pool.size()).toBe(1)
  })
})
