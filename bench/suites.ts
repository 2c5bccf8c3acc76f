import type { Suite } from './suite.js'

/** Suites by name, loaded when they are asked for. */
export const suites: Readonly<Record<string, () => Promise<Suite>>> = {
  gpujs: async () => (await import('./gpujs/suite.js')).gpujsSuite(),
  browser: async () => (await import('./browser/suite.js')).browserSuite(),
  wasm: async () => (await import('./wasm/suite.js')).wasmSuite(),
}
