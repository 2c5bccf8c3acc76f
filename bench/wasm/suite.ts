import { loadBackend, setDefaultBackend } from '../../src/index.js'
import type { Suite } from '../suite.js'
import { callWorks, memoryFigure } from './callWorks.js'
import { convWorks } from './convWorks.js'
import { matmulWorks } from './matmulWorks.js'
import { mlpWorks } from './mlpWorks.js'
import { myNetWork } from './myNetWork.js'
import { vectorWorks } from './vectorWorks.js'

/** Kernels that we generate in WebAssembly, beside libraries that run on it. */
export const wasmSuite = async (): Promise<Suite> => {
  const backend = 'wasm'
  await loadBackend(backend)
  setDefaultBackend(backend)
  const threads = Number(process.env['GRAD_TS_THREADS'] ?? 1)
  return {
    backend,
    threads,
    works: [
      ...matmulWorks(threads),
      ...vectorWorks(threads),
      ...convWorks(threads),
      ...mlpWorks(threads),
      ...callWorks,
      myNetWork(threads),
    ],
    figures: [memoryFigure],
  }
}
