import type { Backend, Handle } from '../../../ir/backend.js'
import type { Costs } from '../../../ir/costs.js'
import { internal } from '../../../ir/errors.js'
import { doNow } from '../../walk/waiting.js'
import { dtypeOf, dtypes } from '../dtypes.js'
import { type GivenGpu, loadGpu } from '../loadGpu.js'
import { mostArrays, ScalarCompiler } from './compiler.js'
import { cpuDevice } from './cpuDevice.js'
import { ScalarArray } from './scalarArray.js'
import type { ScalarGpu } from './scalarGpu.js'

const costs: Costs = { flopsPerByte: 1, dispatchBytes: 8192, inputs: mostArrays, outputs: 1, exponential: 10 }

const arrayOf = (handle: Handle): ScalarArray => {
  if (handle instanceof ScalarArray) return handle
  throw internal('gpujs:cpu: an array of this backend is required')
}

/**
 * Kernels in gpu.js's own JavaScript: for machines without OpenGL, and to check what `gpujs:webgpu` runs.
 * @throws BackendError where gpu.js is not installed
 */
export const cpuBackend = async (GPU?: GivenGpu): Promise<Backend> => {
  const device = cpuDevice(await loadGpu<ScalarGpu>('cpu', GPU))
  const compiler = new ScalarCompiler(device)
  return {
    name: 'gpujs:cpu',
    device: { description: 'gpu.js in JavaScript', isHardware: false },
    capabilities: { dtypes, syncRead: true, costs },
    compile: (program) => {
      const { run, placements } = compiler.program(program)
      return {
        placements,
        run: (handles, donated) => {
          const inputs = handles.map(arrayOf)
          const outputs = doNow(run(inputs))
          inputs.forEach((array, i) => {
            if (donated[i]) array.free()
          })
          return outputs
        },
      }
    },
    upload: (data) => ScalarArray.onHost(device, dtypeOf(data), data),
    download: async (handle) => doNow(arrayOf(handle).host()),
    downloadSync: (handle) => doNow(arrayOf(handle).host()),
    free: (handle) => arrayOf(handle).free(),
  }
}
