import { optionsOf } from '../graph/options.js'
import type { Backend, BackendOptions } from '../ir/backend.js'
import { BackendError } from '../ir/errors.js'

const loaded = new Map<string, Backend>()
/** Makes a backend from the options that `loadBackend` is given. */
type Loader = (options: BackendOptions) => Promise<Backend>

const loaders = new Map<string, Loader>()
let defaultName = 'reference'

/** Makes a backend known: at once, or by a loader that `loadBackend` calls. @internal */
export const registerBackend = (name: string, backend: Backend | Loader): void => {
  if (typeof backend === 'function') loaders.set(name, backend)
  else loaded.set(name, backend)
}

/** Names of the backends that can be asked for. */
export const backendNames = (): readonly string[] => [...new Set([...loaded.keys(), ...loaders.keys()])]

const unknown = (name: string): BackendError =>
  new BackendError(`backend: one of ${backendNames().join(', ')} is required, got ${name}.`)

/** @throws BackendError where the name is unknown, or the backend is not loaded yet */
export const backendNamed = (name: string): Backend => {
  const backend = loaded.get(name)
  if (backend !== undefined) return backend
  if (loaders.has(name)) {
    throw new BackendError(
      `backend: a loaded backend is required, got ${name}. Call await loadBackend('${name}') first.`,
    )
  }
  throw unknown(name)
}

/**
 * Loads a backend that starts asynchronously or is code of its own, so that `setDefaultBackend` and `jit` can use it; one that
 * is there already stays as it is. `threads`, the calling one among them, is of the
 * WebAssembly engine: before its first use, else as many as the hardware has, at most 8; in Node `GRAD_TS_THREADS` too. `GPU` is the class
 * of gpu.js, for its backends: pages that are made by a bundler hand it over, elsewhere it is found.
 * @throws BackendError where the name is unknown, the backend cannot start here, or has no such options
 * @example
 * ```ts
 * await loadBackend('reference')
 * jit(np.sin, { backend: 'reference' })(0).item() // => 0
 * ```
 */
export const loadBackend = async (name: string, given?: BackendOptions): Promise<void> => {
  const options = optionsOf('loadBackend', 'threads GPU', given)
  const loader = loaders.get(name)
  if (loader !== undefined && !loaded.has(name)) loaded.set(name, await loader(options))
  const backend = backendNamed(name)
  if (backend.configure !== undefined) backend.configure(options)
  else if (options.threads !== undefined)
    throw new BackendError(
      `loadBackend: a backend with threads is required, got ${name}. Leave out the number of threads.`,
    )
}

/** The backend for operations and for `jit` that name none. @throws BackendError where it is unknown, or not loaded */
export const setDefaultBackend = (name: string): void => {
  backendNamed(name)
  defaultName = name
}

/** As `setDefaultBackend`, for a backend that may be loaded later. @throws BackendError where the name is unknown */
export const expectDefaultBackend = (name: string): void => {
  if (!backendNames().includes(name)) throw unknown(name)
  defaultName = name
}

export const defaultBackend = (): Backend => backendNamed(defaultName)

/** A backend as it is here. */
export type Device = {
  /** Its name for `loadBackend`, `setDefaultBackend` and `jit`. */
  readonly name: string
  /** Whether hardware made for it does the work; `null` where it cannot start. */
  readonly isHardware: boolean | null
  /** The device's own description; where it cannot start, why not. */
  readonly description: string
}

/**
 * The backends there are to run on, each loaded if it can be; `GPU` as `loadBackend` takes it.
 * @example
 * ```ts
 * const names = (await devices()).map((d) => d.name)
 * names.includes('wasm') // => true
 * ```
 */
export const devices = async (given?: Pick<BackendOptions, 'GPU'>): Promise<readonly Device[]> => {
  const options = optionsOf('devices', 'GPU', given)
  const found: Device[] = []
  for (const name of backendNames()) {
    if (name === 'auto') continue
    try {
      await loadBackend(name, options)
      const { isHardware, description } = backendNamed(name).device
      found.push({ name, isHardware, description })
    } catch (error) {
      if (!(error instanceof BackendError)) throw error
      found.push({ name, isHardware: null, description: error.message })
    }
  }
  return found
}

/** A GPU where there is one, or else a backend that runs anywhere. @internal */
export const chooseBackend = async (
  gpus: readonly string[],
  otherwise: string,
  { GPU }: BackendOptions,
): Promise<Backend> => {
  const there = await devices({ GPU })
  const gpu = gpus.find((name) => there.some((d) => d.name === name && d.isHardware === true))
  const chosen = gpu ?? otherwise
  await loadBackend(chosen)
  return backendNamed(chosen)
}
