import type { TypedArray } from '../../../ir/dtype.js'
import type { BufferSpec, Callback, HostStep } from '../../../ir/program.js'
import { compileHost } from '../../reference/host/index.js'
import type { RunStep } from './controlFlow.js'

/** A host routine on views of the memory. */
export const hostStep = (step: HostStep, specs: readonly BufferSpec[]): RunStep => {
  const run = compileHost(step, specs)
  return (at) => {
    const buffers: TypedArray[] = []
    for (const id of [...step.inputs, ...step.outputs]) buffers[id] = at.view(id)
    run(buffers)
  }
}

/** A function of the host's on copies: it may compute, and so let the memory grow. */
export const callbackStep =
  ({ call, inputs, outputs }: Callback): RunStep =>
  (at) => {
    const results = call(inputs.map((id) => at.view(id).slice()))
    outputs.forEach((id, i) => {
      at.view(id).set(results[i])
    })
  }
