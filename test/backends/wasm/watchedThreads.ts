import { hasVectors, wasmBackend } from '../../../src/backends/wasm/index.js'
import {
  type HostThread,
  type HostThreads,
  hostThreads,
} from '../../../src/backends/wasm/threads/hostThreads.js'
import { slot } from '../../../src/backends/wasm/threads/meeting.js'
import type { ThreadStart } from '../../../src/backends/wasm/threads/threadScript.js'
import { type WebAssemblyPlatform, webAssembly } from '../../../src/backends/wasm/webAssembly.js'
import { registerBackend } from '../../../src/compiler/backends.js'
import { jit, np, type Tensor } from '../../../src/index.js'

/** The host's threads, and what the tests have to know of them. */
export class WatchedThreads implements HostThreads {
  readonly hardware = 2
  readonly started: { readonly data: ThreadStart; readonly thread: HostThread }[] = []
  readonly ends: string[] = []

  constructor(
    /** Instead of the engine's script. */
    private readonly otherScript: string | null = null,
  ) {}

  start(script: string, data: ThreadStart, ended: (why: string) => void): HostThread {
    const host = hostThreads()
    if (host === null) throw new Error('the tests of threads need threads')
    const thread = host.start(this.otherScript ?? script, data, (why) => {
      this.ends.push(why)
      ended(why)
    })
    this.started.push({ data, thread })
    return thread
  }

  private word(which: number, at: number): number {
    const { memory, slot: address } = this.started[which].data
    const words = new Int32Array((memory as { readonly buffer: ArrayBuffer }).buffer)
    return Atomics.load(words, (address + at) / 4)
  }

  /** Turns that a thread has finished. */
  turns(which: number): number {
    return this.word(which, slot.done) / 2
  }

  /** When all threads are ready. */
  async ready(): Promise<void> {
    const limit = Date.now() + 20_000
    while (this.started.length === 0 || this.started.some((_, i) => this.word(i, slot.isReady) === 0)) {
      if (this.ends.length > 0 || Date.now() > limit)
        throw new Error(`${this.started.length} threads are not ready: ${this.ends.join()}`)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
}

const platform = webAssembly
if (!hasVectors(platform))
  throw new Error('the tests of the WebAssembly engine need WebAssembly with vectors')

export const engine: WebAssemblyPlatform = platform

/** Registers an engine with so many threads, which are ready; it divides all work that can be. */
export const threadedEngine = async (
  name: string,
  count: number,
  leastShared = 0,
): Promise<WatchedThreads> => {
  const threads = new WatchedThreads()
  registerBackend(name, { ...wasmBackend(engine, { threads: count, host: threads, leastShared }), name })
  if (count > 1) {
    jit((x: Tensor) => x.add(1), { backend: name })(np.zeros([1 << 14]))
    await threads.ready()
  }
  return threads
}
