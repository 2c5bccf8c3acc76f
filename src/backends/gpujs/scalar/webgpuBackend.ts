import type { Backend, Handle } from '../../../graph/backend.js'
import { BackendError, internal } from '../../../graph/errors.js'
import type { Costs } from '../../../graph/kernel/costs.js'
import { dtypeOf, dtypes } from '../dtypes.js'
import { loadGpu } from '../loadGpu.js'
import { isSoftware } from '../renderers.js'
import { mostArrays, ScalarCompiler } from './compiler.js'
import { ScalarArray } from './scalarArray.js'
import type { ScalarGpu } from './scalarGpu.js'
import { TaskQueue } from './taskQueue.js'
import { doLater } from './waiting.js'
import { type AdapterInfo, webgpuDevice } from './webgpuDevice.js'

/** A dispatch takes some tens of µs, in which a GPU moves megabytes. */
const costs: Costs = { flopsPerByte: 8, dispatchBytes: 1_000_000, inputs: mostArrays, outputs: 1 }

/** Bytes of buffers that may be held at once. */
const budget = 2 ** 31

/** An array that a program will make, or has made. */
class Expected {
  /** The array, once it is there. */
  array: ScalarArray | null = null

  constructor(readonly made: Promise<ScalarArray>) {
    made.then(
      (array) => {
        this.array = array
      },
      // whoever reads it hears of it
      () => {},
    )
  }
}

const expected = (handle: Handle): Expected => {
  if (handle instanceof Expected) return handle
  throw internal('gpujs:webgpu: an array of this backend is required')
}

const describe = ({ vendor, architecture, description }: AdapterInfo): string =>
  ['WebGPU:', vendor, architecture, description].filter(Boolean).join(' ')

/**
 * WebGPU through gpu.js. The device answers later: programs run one after the other, in the order in which they were
 * called, and their results are arrays to come; what a program needs on the host meanwhile, it waits for.
 * @throws BackendError where gpu.js is not there, or no adapter
 */
export const webgpuBackend = async (): Promise<Backend> => {
  const { device, info } = await start()
  const compiler = new ScalarCompiler(device)
  const queue = new TaskQueue()
  const onHost = (array: ScalarArray) => ({ reading: doLater(array.host()) })
  return {
    name: 'gpujs:webgpu',
    device: { description: describe(info), isHardware: !isSoftware(describe(info)) },
    capabilities: { dtypes, syncRead: false, costs },
    compile: (program) => {
      const { run, placements } = compiler.program(program)
      return {
        placements,
        run: (handles, donated) => {
          const inputs = handles.map(expected)
          const results = queue.add(async () => {
            const arrays = await Promise.all(inputs.map((i) => i.made))
            const outputs = await doLater(run(arrays))
            arrays.forEach((array, i) => {
              if (donated[i]) array.free()
            })
            return outputs
          })
          return program.outputs.map((_, i) => new Expected(results.then((arrays) => arrays[i])))
        },
      }
    },
    upload: (data) => new Expected(Promise.resolve(ScalarArray.onHost(device, dtypeOf(data), data))),
    // begun in its turn, before what comes after may free the array; others need not wait for its end
    download: async (handle) => (await queue.add(async () => onHost(await expected(handle).made))).reading,
    downloadSync: (handle) => {
      const data = expected(handle).array?.hostData ?? null
      if (data !== null) return data
      throw new BackendError(
        'read: a backend that answers at once is required, and gpujs:webgpu answers later. Use await x.data(); after that, x can be read at once.',
      )
    },
    free: (handle) => {
      const { made } = expected(handle)
      queue.add(async () => (await made).free()).catch(() => {})
    },
  }
}

/** Where WebGPU is asked for. */
interface Adapters {
  requestAdapter(): Promise<object | null>
}

const start = async () => {
  const { navigator } = globalThis as { readonly navigator?: { readonly gpu?: Adapters } }
  if (navigator?.gpu === undefined) throw cannotStart('nothing of that name (navigator.gpu) here')
  if ((await navigator.gpu.requestAdapter()) === null) throw cannotStart('navigator.gpu without an adapter')
  try {
    return await webgpuDevice(await loadGpu<ScalarGpu>('webgpu'), budget)
  } catch (cause) {
    if (cause instanceof BackendError) throw cause
    throw cannotStart(cause instanceof Error ? cause.message : String(cause), cause)
  }
}

const cannotStart = (why: string, cause?: unknown): BackendError =>
  new BackendError(
    `gpujs: WebGPU is required for webgpu, got: ${why}. Use a browser that has it switched on, over https or on localhost, or gpujs:webgl2.`,
    { cause },
  )
