import type { Backend, BackendOptions, Handle } from '../../ir/backend.js'
import type { Costs } from '../../ir/costs.js'
import { BackendError, internal } from '../../ir/errors.js'
import { type ResidenceOptions, Residents } from '../residence/residents.js'
import { DeviceArray } from './deviceArray.js'
import { dtypeOf, dtypes } from './dtypes.js'
import { Compiler } from './executable.js'
import type { Gpu } from './gpu.js'
import { type GivenGpu, isSoftware, loadGpu } from './loadGpu.js'
import { type GlMode, type Limits, Runtime } from './runtime.js'
import { cpuBackend } from './scalar/cpuBackend.js'
import { webgpuBackend } from './scalar/webgpuBackend.js'

/** A dispatch takes some 70 µs, in which a software renderer moves some 200 KB. */
const costs: Costs = { flopsPerByte: 2, dispatchBytes: 200_000, inputs: 12, outputs: 8, exponential: 10 }

const limits: Limits = { bytes: 2 ** 31, kernels: 600 }

const arrayOf = (handle: Handle): DeviceArray => {
  if (handle instanceof DeviceArray) return handle
  throw internal('gpujs: an array of this backend is required')
}

/**
 * Kernels on a GPU through gpu.js, or in software where there is none.
 * @throws BackendError where gpu.js is not installed, or the mode cannot start here
 */
export const gpujsBackend = (
  mode: GlMode | 'webgpu' | 'cpu',
  { GPU, ...residence }: ResidenceOptions & Pick<BackendOptions, 'GPU'> = {},
): Promise<Backend> => {
  if (mode === 'webgpu') return webgpuBackend(residence, GPU)
  return mode === 'cpu' ? cpuBackend(GPU) : glBackend(mode, residence, GPU)
}

const glBackend = async (mode: GlMode, residence: ResidenceOptions, GPU?: GivenGpu): Promise<Backend> => {
  const runtime = await startRuntime(mode, new Residents(residence), GPU)
  const compiler = new Compiler(runtime)
  return {
    name: `gpujs:${mode}`,
    device: { description: runtime.renderer, isHardware: !isSoftware(runtime.renderer) },
    capabilities: { dtypes, syncRead: true, costs },
    compile: (program) => compiler.executable(program),
    upload: (data) => DeviceArray.onHost(runtime, dtypeOf(data), data),
    download: async (handle) => {
      const data = arrayOf(handle).host()
      await runtime.residents.turn()
      return data
    },
    downloadSync: (handle) => arrayOf(handle).host(),
    downloadOwn: (handle) => arrayOf(handle).own(),
    free: (handle) => arrayOf(handle).free(),
  }
}

const startRuntime = async (mode: GlMode, residents: Residents, GPU?: GivenGpu): Promise<Runtime> => {
  try {
    return new Runtime(await loadGpu<Gpu>(mode, GPU), mode, limits, residents)
  } catch (cause) {
    if (cause instanceof BackendError) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    const fix =
      mode === 'headlessgl'
        ? "Run under a display (xvfb-run -a node …, from Debian's xvfb), with the packages that gl is built from installed before npm install: build-essential python3 pkg-config libxi-dev libxext-dev libx11-dev libgl1-mesa-dev libglu1-mesa-dev libglew-dev libgl1-mesa-dri."
        : 'Use a browser with WebGL2.'
    throw new BackendError(`gpujs: an OpenGL context is required for ${mode}, got: ${why}. ${fix}`, { cause })
  }
}
