import type { Callback } from '../../ir/program.js'
import type { CompiledStep } from './loopNest.js'

/** Calls a function of the host's between other steps. */
export const compileCallback =
  ({ call, inputs, outputs }: Callback): CompiledStep =>
  (buffers) => {
    const results = call(inputs.map((id) => buffers[id]))
    outputs.forEach((id, i) => {
      buffers[id].set(results[i])
    })
  }
