import type { Multiplication } from '../contract/multiplication.js'
import type { Arena } from '../memory/arena.js'
import type { ScatterRows } from '../scatter/rowScatter.js'
import type { ThreadPool } from '../threads/pool.js'
import type { KernelModule, LinkedModule } from './kernelModule.js'

/** What all programs of an engine share: its memory, its threads, and what modules of its own do for all of them. */
export type Shared = {
  readonly arena: Arena
  readonly multiply: Multiplication['multiply']
  readonly scatterRows: ScatterRows
  /** `null`: there is one thread. */
  readonly pool: ThreadPool | null
}

/** What the programs of one module are compiled with; its functions are there when it is linked. */
export type Linking = Shared & { readonly module: KernelModule; readonly linked: () => LinkedModule }
