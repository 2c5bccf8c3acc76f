import type { Backend } from '../../ir/backend.js'
import { type Costs, cpuCosts } from '../../ir/costs.js'
import { type DType, dtypes, type TypedArray } from '../../ir/dtype.js'
import { BackendError } from '../../ir/errors.js'
import { type ResidenceOptions, Residents } from '../residence/residents.js'
import { ModuleBuilder } from './assembler/moduleBuilder.js'
import { i32x4, v128 } from './assembler/vectors.js'
import { Multiplication, panelBytes } from './contract/multiplication.js'
import { Arena } from './memory/arena.js'
import { arrayOf, WasmArray } from './memory/wasmArray.js'
import { compileProgram } from './program/executable.js'
import type { Shared } from './program/linking.js'
import { rowScatter } from './scatter/rowScatter.js'
import { defaultThreads, expectThreads, type HostThreads, hostThreads } from './threads/hostThreads.js'
import { ThreadPool } from './threads/pool.js'
import type { WebAssemblyPlatform } from './webAssembly.js'

const dtypeOf = (data: TypedArray): DType => {
  if (data instanceof Float32Array) return 'float32'
  if (data instanceof Float64Array) return 'float64'
  if (data instanceof Int32Array) return 'int32'
  if (data instanceof Uint32Array) return 'uint32'
  return 'bool'
}

/** A module with one vector instruction. */
const probe = (): Uint8Array => {
  const module = new ModuleBuilder({
    module: 'engine',
    name: 'memory',
    shared: false,
    initial: 1,
    maximum: 1,
  })
  module.function('probe', [], 'i32', () => v128.anyTrue(i32x4.const(0, 0, 0, 0)))
  return module.toBytes()
}

/** Whether the platform has WebAssembly with vectors. */
export const hasVectors = (platform: WebAssemblyPlatform | undefined): platform is WebAssemblyPlatform =>
  platform?.validate(probe()) === true

/** How the engine runs. */
export type EngineOptions = {
  /** Threads, the calling one among them; as many as the hardware has where it is left out. */
  readonly threads?: number
  /** How threads are started; `null`: there are none. */
  readonly host?: HostThreads | null
  /** Nanoseconds of work from which on it is divided among threads. */
  readonly leastShared?: number
  readonly residence?: ResidenceOptions
}

/** Vectors of cheap operations are so fast that an exponential is kept rather than computed twice. */
const costs: Costs = { ...cpuCosts, exponential: 24 }

/** Memory, the threads over it (`pool` is `null` where there is but one), and the scatter that uses them. */
type Engine = Omit<Shared, 'multiply'>

const countThreads = (host: HostThreads | null, threads: number | undefined): number =>
  host === null ? 1 : (threads ?? defaultThreads(host))

const startEngine = (
  platform: WebAssemblyPlatform,
  { threads, host = hostThreads(), leastShared, residence }: EngineOptions,
): Engine => {
  const count = countThreads(host, threads)
  const over = (arena: Arena, pool: ThreadPool | null): Engine => ({
    arena,
    pool,
    scatterRows: rowScatter(platform, arena, pool),
  })
  const arenaOf = (isShared: boolean): Arena =>
    new Arena(platform, isShared, undefined, new Residents(residence))
  const alone = (): Engine => over(arenaOf(false), null)
  if (host === null || count === 1) return alone()
  try {
    const arena = arenaOf(true)
    return over(arena, new ThreadPool(platform, arena, host, count, panelBytes, leastShared))
  } catch (error) {
    // a shared memory has all its addresses reserved, which small devices refuse
    if (error instanceof RangeError) return alone()
    throw error
  }
}

/** Kernels compiled to WebAssembly with vectors, over one memory. */
export const wasmBackend = (platform: WebAssemblyPlatform, options: EngineOptions = {}): Backend => {
  let chosen = options
  let started: Engine | null = null
  const engine = (): Engine => {
    started ??= startEngine(platform, chosen)
    return started
  }
  let multiplication: Multiplication | null = null
  const multiply: Multiplication['multiply'] = (...operands) => {
    multiplication ??= new Multiplication(platform, engine().arena, engine().pool)
    multiplication.multiply(...operands)
  }
  return {
    name: 'wasm',
    get device() {
      const { host = hostThreads(), threads: wanted } = chosen
      const size = started === null ? countThreads(host, wanted) : (started.pool?.size ?? 1)
      const threads = size === 1 ? 'one thread' : `${size} threads`
      return { description: `WebAssembly with SIMD, ${threads}`, isHardware: false }
    },
    capabilities: { dtypes, syncRead: true, hostMemory: true, costs },
    configure: ({ threads }) => {
      if (threads === undefined || threads === chosen.threads) return
      expectThreads('loadBackend', threads)
      if (started !== null)
        throw new BackendError(
          `loadBackend: a number of threads is required before the first use of wasm, got ${threads} after it. Call it first.`,
        )
      chosen = { ...chosen, threads }
    },
    compile: (program) => compileProgram(platform, { ...engine(), multiply }, program),
    upload: (data) => WasmArray.copyOf(engine().arena, dtypeOf(data), data),
    filled: (dtype, length, value) => WasmArray.filled(engine().arena, dtype, length, value),
    download: async (handle) => {
      const data = arrayOf(handle).read()
      await engine().arena.residents.turn()
      return data
    },
    downloadSync: (handle) => arrayOf(handle).read(),
    free: (handle) => arrayOf(handle).free(),
  }
}
