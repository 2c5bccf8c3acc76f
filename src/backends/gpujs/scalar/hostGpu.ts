import { BackendError } from '../../../ir/errors.js'

/** Where WebGPU is asked for. */
export interface HostGpu {
  requestAdapter(): Promise<object | null>
}

type Host = { navigator?: { gpu?: HostGpu } }

const host = globalThis as Host

const isNode = typeof process === 'object' && process.versions?.node !== undefined

// kept for good: Dawn ends with this object, whoever still uses its devices
let dawn: HostGpu | null = null

/**
 * WebGPU of the page or, in Node, of Dawn, by the package webgpu.
 * @throws BackendError where there is none, or none with an adapter
 */
export const hostGpu = async (): Promise<HostGpu> => {
  const gpu = host.navigator?.gpu ?? (isNode ? await startDawn() : null)
  if (gpu === null) throw cannotStart('nothing of that name (navigator.gpu) here', inPage)
  if ((await gpu.requestAdapter()) === null)
    throw cannotStart(
      'no adapter',
      isNode ? 'Install the driver of a GPU for Vulkan, and on Debian libvulkan1.' : inPage,
    )
  return gpu
}

const inPage = 'Use a browser that has it switched on, over https or on localhost, or gpujs:webgl2.'

export const cannotStart = (got: string, fix: string, cause?: unknown): BackendError =>
  new BackendError(`gpujs: WebGPU is required for webgpu, got: ${got}. ${fix}`, { cause })

const startDawn = async (): Promise<HostGpu> => {
  // not a literal, so that bundlers for pages leave it alone
  const name: string = 'webgpu'
  try {
    const { create } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as {
      create(options: readonly string[]): HostGpu
    }
    dawn ??= create([])
    return dawn
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw cannotStart(why, 'npm install webgpu@0.6.2: the older one that gpu.js brings may not load.', cause)
  }
}

/** Runs `body` with `navigator.gpu` in place, where gpu.js looks for it while it starts: Node has none. */
export const withNavigator = async <T>(gpu: HostGpu, body: () => Promise<T>): Promise<T> => {
  const { navigator } = host
  if (navigator?.gpu !== undefined) return body()
  const [owner, key, value] =
    navigator === undefined ? ([host, 'navigator', { gpu }] as const) : ([navigator, 'gpu', gpu] as const)
  Object.defineProperty(owner, key, { value, configurable: true })
  try {
    return await body()
  } finally {
    Reflect.deleteProperty(owner, key)
  }
}
