import { reference } from './backends/reference/index.js'
import { installMethods } from './ops/methods.js'
import { registerBackend } from './transforms/backends.js'
import { enableEagerExecution } from './transforms/eager.js'

/** Wires the pieces: backends to the executor, methods to tensors. @internal */
export const initialize = (): void => {
  registerBackend('reference', reference)
  enableEagerExecution()
  installMethods()
}
