import type { Multiplication } from '../contract/multiplication.js'
import type { Arena } from '../memory/arena.js'
import type { ScatterRows } from '../scatter/rowScatter.js'
import type { ThreadPool } from '../threads/pool.js'
import type { KernelModule, LinkedModule } from './kernelModule.js'

/** The parts of an engine that all programs share: its memory, its threads, and modules of its own that serve all of them. */
export type Shared = {
  readonly arena: Arena
  readonly multiply: Multiplication['multiply']
  readonly scatterRows: ScatterRows
  /** `null`: there is one thread. */
  readonly pool: ThreadPool | null
}

/** The context in which the programs of one module are compiled; its functions are there when it is linked. */
export type Linking = Shared & { readonly module: KernelModule; readonly linked: () => LinkedModule }
