import type { Multiplication } from '../contract/multiplication.js'
import type { Arena } from '../memory/arena.js'
import type { ThreadPool } from '../threads/pool.js'
import type { KernelModule, LinkedModule } from './kernelModule.js'

/** What the programs of one module are compiled with; its functions are there when it is linked. */
export type Linking = {
  readonly arena: Arena
  readonly module: KernelModule
  readonly linked: () => LinkedModule
  readonly multiply: Multiplication['multiply']
  /** `null`: there is one thread. */
  readonly pool: ThreadPool | null
}
