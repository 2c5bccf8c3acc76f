import type { Backend } from '../../../ir/backend.js'
import type { Costs } from '../../../ir/costs.js'
import { BackendError } from '../../../ir/errors.js'
import { type ResidenceOptions, Residents } from '../../residence/residents.js'
import { type GivenGpu, isSoftware, loadGpu } from '../loadGpu.js'
import { mostArrays } from './compiler.js'
import { cannotStart, hostGpu, withNavigator } from './hostGpu.js'
import { laterBackend } from './laterBackend.js'
import type { ScalarGpu } from './scalarGpu.js'
import { type AdapterInfo, webgpuDevice } from './webgpuDevice.js'

/** A dispatch takes some tens of µs, in which a GPU moves megabytes. */
const costs: Costs = {
  flopsPerByte: 8,
  dispatchBytes: 1_000_000,
  inputs: mostArrays,
  outputs: 1,
  exponential: 10,
}

/** Bytes of buffers that may be held at once. */
const budget = 2 ** 31

const describe = ({ vendor, architecture, description }: AdapterInfo): string =>
  ['WebGPU:', vendor, architecture, description].filter(Boolean).join(' ')

/** WebGPU through gpu.js, in pages and, on Dawn, in Node. @throws BackendError where gpu.js is not there, or no adapter */
export const webgpuBackend = async (residence: ResidenceOptions, GPU?: GivenGpu): Promise<Backend> => {
  const { device, info } = await start(new Residents(residence), GPU)
  const description = describe(info)
  return laterBackend('gpujs:webgpu', { description, isHardware: !isSoftware(description) }, device, costs)
}

const start = async (residents: Residents, GPU?: GivenGpu) => {
  const gpu = await hostGpu()
  try {
    return await withNavigator(gpu, async () =>
      webgpuDevice(await loadGpu<ScalarGpu>('webgpu', GPU), budget, residents),
    )
  } catch (cause) {
    if (cause instanceof BackendError) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw cannotStart(why, 'Use another backend.', cause)
  }
}
