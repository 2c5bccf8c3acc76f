import type { Suite } from './suite.js'

/** Suites by name, loaded when they are asked for. */
export const suites: Readonly<Record<string, () => Promise<Suite>>> = {
  gpujs: async () => (await import('./gpujs/suite.js')).gpujsSuite(),
  browser: async () => (await import('./browser/suite.js')).browserSuite(),
  memory: async () => (await import('./memory/suite.js')).memorySuite(),
  wasm: async () => (await import('./wasm/suite.js')).wasmSuite(),
}

/** Those whose backend runs on as many threads as this variable says. */
export const threaded: ReadonlySet<string> = new Set(['wasm'])

export const threadsVariable = 'GRAD_TS_THREADS'
