import type { BackendOptions } from '../../ir/backend.js'
import { BackendError } from '../../ir/errors.js'

/** The package's exports, by the ways in which it is loaded: as a module, as one of Node's older kind, or as a script. */
type Loaded = {
  readonly GPU?: unknown
  readonly default?: { readonly GPU?: unknown }
}

type GpuClass<Gpu> = new (settings: { readonly mode: string }) => Gpu

/** The class of gpu.js as the program hands it over, if it does. */
export type GivenGpu = BackendOptions['GPU']

/** gpu.js in a mode. @throws BackendError where it is not there */
export const loadGpu = async <Gpu>(mode: string, given?: GivenGpu): Promise<Gpu> => {
  const GPU = given ?? classOf(await load())
  if (GPU === null)
    throw new BackendError('gpujs: the package gpu.js is required, got a module without its class GPU.')
  // its declarations are not true to it: callers say which part they use
  return new (GPU as GpuClass<Gpu>)({ mode })
}

const load = async (): Promise<Loaded> => {
  // not a literal: bundlers would look for it in every page, and most have no use for it
  const name: string = 'gpu.js'
  try {
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as Loaded
  } catch (cause) {
    throw new BackendError(
      'gpujs: the package gpu.js is required, and is not installed. npm install gpu.js; in a page, name its gpu-browser.min.js in an import map or, where a bundler makes the page, import the class GPU and call loadBackend(name, { GPU }).',
      { cause },
    )
  }
}

/** In a browser its file is a script, whose only mark is a global variable. */
const classOf = (loaded: Loaded): unknown => {
  const script = (globalThis as { readonly GPU?: Loaded }).GPU
  return loaded.GPU ?? loaded.default?.GPU ?? script?.GPU ?? null
}

/** Whether a renderer, by its own description, runs on the processor. */
export const isSoftware = (renderer: string): boolean =>
  /llvmpipe|softpipe|swiftshader|swrast|software|basic render|^angle$/i.test(renderer)
