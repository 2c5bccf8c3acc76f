import { gpujsBackend } from './backends/gpujs/index.js'
import { reference } from './backends/reference/index.js'
import { registerPrimitives } from './export/knownPrimitives.js'
import type { PrimitiveTable } from './graph/serialize.js'
import { installMethods } from './ops/methods.js'
import { registerBackend } from './transforms/backends.js'
import { enableEagerExecution } from './transforms/eager.js'

/** Wires the pieces: backends to the executor, methods to tensors, primitives to files that name them. @internal */
export const initialize = (primitives: PrimitiveTable): void => {
  registerBackend('reference', reference)
  registerBackend('gpujs:headlessgl', () => gpujsBackend('headlessgl'))
  registerBackend('gpujs:webgl2', () => gpujsBackend('webgl2'))
  enableEagerExecution()
  installMethods()
  registerPrimitives(primitives)
}
