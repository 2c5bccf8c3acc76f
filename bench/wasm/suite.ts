import { backendNamed } from '../../src/compiler/backends.js'
import { loadBackend, setDefaultBackend } from '../../src/index.js'
import type { Suite } from '../suite.js'
import { threadsVariable } from '../suites.js'
import { cnnJobWork } from '../training/cnnJob.js'
import { augmentWork } from './augmentWork.js'
import { callWorks, unrolledFigures } from './callWorks.js'
import { convWorks } from './convWorks.js'
import { matmulWorks } from './matmulWorks.js'
import { mlpWorks } from './mlpWorks.js'
import { myNetWork } from './myNetWork.js'
import { orderWorks } from './orderWorks.js'
import { vectorWorks } from './vectorWorks.js'

/** Kernels that we generate in WebAssembly, beside libraries that run on it. */
export const wasmSuite = async (): Promise<Suite> => {
  const backend = 'wasm'
  await loadBackend(backend)
  setDefaultBackend(backend)
  const threads = Number(process.env[threadsVariable] ?? 1)
  process.stderr.write(`${backend}: ${backendNamed(backend).device.description}; ${threads} asked for\n`)
  return {
    backend,
    threads,
    works: [
      ...matmulWorks(threads),
      ...vectorWorks(threads),
      ...orderWorks,
      ...convWorks(threads),
      ...mlpWorks(threads),
      ...callWorks,
      augmentWork,
      myNetWork(threads),
      cnnJobWork(backend, { warmUp: 1, sample: 0, most: 20_000 }),
    ],
    figures: unrolledFigures,
  }
}
