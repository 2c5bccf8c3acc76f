import type { Backend } from '../graph/backend.js'
import { BackendError } from '../graph/errors.js'

const loaded = new Map<string, Backend>()
const loaders = new Map<string, () => Promise<Backend>>()
let defaultName = 'reference'

/** Makes a backend known: at once, or by a loader that `loadBackend` calls. @internal */
export const registerBackend = (name: string, backend: Backend | (() => Promise<Backend>)): void => {
  if (typeof backend === 'function') loaders.set(name, backend)
  else loaded.set(name, backend)
}

/** Names of the backends that can be asked for. */
export const backendNames = (): readonly string[] => [...new Set([...loaded.keys(), ...loaders.keys()])]

/** @throws BackendError where the name is unknown, or the backend is not loaded yet */
export const backendNamed = (name: string): Backend => {
  const backend = loaded.get(name)
  if (backend !== undefined) return backend
  if (loaders.has(name)) {
    throw new BackendError(
      `backend: a loaded backend is required, got ${name}. Call await loadBackend('${name}') first.`,
    )
  }
  throw new BackendError(`backend: one of ${backendNames().join(', ')} is required, got ${name}.`)
}

/** Loads a backend that starts asynchronously, so that `jit` can use it. */
export const loadBackend = async (name: string): Promise<void> => {
  const loader = loaders.get(name)
  if (loader !== undefined && !loaded.has(name)) loaded.set(name, await loader())
  backendNamed(name)
}

/** The backend for operations and for `jit` that name none. @throws BackendError */
export const setDefaultBackend = (name: string): void => {
  backendNamed(name)
  defaultName = name
}

export const defaultBackend = (): Backend => backendNamed(defaultName)
