import { loadBackend, setDefaultBackend } from '../../src/index.js'
import type { Suite } from '../suite.js'
import { cnnJobWork } from '../training/cnnJob.js'
import { convWorks } from './convWorks.js'
import { rawGpu } from './gl.js'
import { hostWorks } from './hostWorks.js'
import { matmulWorks } from './matmulWorks.js'
import { vectorWorks } from './vectorWorks.js'

const backend = 'gpujs:headlessgl'

/** Kernels of gpu.js on headless GL: ours, and written by hand. */
export const gpujsSuite = async (): Promise<Suite> => {
  await loadBackend(backend)
  setDefaultBackend(backend)
  const gpu = rawGpu()
  return {
    backend,
    threads: null,
    works: [
      ...matmulWorks(gpu),
      ...vectorWorks(gpu),
      ...convWorks(gpu),
      ...hostWorks(gpu),
      cnnJobWork(backend, { warmUp: 1, sample: 0, most: 20_000 }),
    ],
  }
}
