import { hasVectors, wasmBackend } from './backends/wasm/index.js'
import { namedThreads } from './backends/wasm/threads/hostThreads.js'
import { webAssembly } from './backends/wasm/webAssembly.js'
import {
  backendNamed,
  chooseBackend,
  expectDefaultBackend,
  loadBackend,
  registerBackend,
} from './compiler/backends.js'
import { enableEagerExecution } from './compiler/eager.js'
import { installMethods } from './functions/methods.js'

const isNode = typeof process === 'object' && process.versions?.node !== undefined

let initialized = false

/** Wires the pieces, once: backends to the executor, methods to tensors. @internal */
export const initialize = (): void => {
  if (initialized) return
  initialized = true
  const threads = isNode ? process.env['GRAD_TS_THREADS'] : undefined
  const engine = hasVectors(webAssembly) ? 'wasm' : 'reference'
  if (hasVectors(webAssembly))
    registerBackend('wasm', wasmBackend(webAssembly, threads ? { threads: namedThreads(threads) } : {}))
  registerBackend('reference', async () => (await import('./backends/reference/index.js')).reference)
  for (const mode of ['headlessgl', 'webgl2', 'webgpu', 'cpu'] as const)
    registerBackend(`gpujs:${mode}`, async ({ GPU }) =>
      (await import('./backends/gpujs/index.js')).gpujsBackend(mode, { GPU }),
    )
  registerBackend('gpujs', async (options) => {
    const name = isNode ? 'gpujs:headlessgl' : 'gpujs:webgl2'
    await loadBackend(name, options)
    return backendNamed(name)
  })
  registerBackend('auto', (options) => chooseBackend(['gpujs', 'gpujs:webgpu'], engine, options))
  const wanted = isNode ? process.env['GRAD_TS_BACKEND'] : undefined
  expectDefaultBackend(wanted === undefined || wanted === '' ? engine : wanted)
  enableEagerExecution()
  installMethods()
}
