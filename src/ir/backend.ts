import type { Costs } from './costs.js'
import type { DType, TypedArray } from './dtype.js'
import type { Program } from './program.js'

/** A backend's own name for a stored array; only the backend that made it looks inside. */
export type Handle = object

/** Where a step runs, for people: and, of programs within it, their steps. */
export type Placement = {
  readonly where: string
  /** The kernels' generated sources. */
  readonly sources: readonly string[]
  readonly within: readonly (readonly Placement[])[]
}

/** A compiled program. `run` returns at once; reading an output may wait. */
export interface Executable {
  /** `donated[i]`: nobody else will read input i, so its storage may be reused. */
  run(inputs: readonly Handle[], donated: readonly boolean[]): readonly Handle[]
  /** The most bytes that a run takes, inputs and outputs included; where it is left out, those of the program's arrays. */
  peakBytes?(donated: readonly boolean[]): number
  /** One for each step; without them, all steps run in one place, and have no sources. */
  readonly placements?: readonly Placement[]
}

/** How a backend is to run. */
export type BackendOptions = {
  /** Threads, the calling one among them. */
  readonly threads?: number
  /** The class of gpu.js, where a bundler put it into the page. */
  readonly GPU?: new (
    settings: never,
  ) => object
}

/** Runs programs of KernelIR. It knows no primitive and no transform. */
export interface Backend {
  readonly name: string
  /** The device's own description, and whether it is hardware made for this work. */
  readonly device: { readonly description: string; readonly isHardware: boolean }
  readonly capabilities: {
    readonly dtypes: readonly DType[]
    /** Whether `downloadSync` works. */
    readonly syncRead: boolean
    /** Whether arrays lie in the host's memory, so that a look at them is cheap. */
    readonly hostMemory?: boolean
    /** They decide where kernels are cut. */
    readonly costs: Costs
  }
  /** Chooses how it runs, before it first does. @throws BackendError afterwards, or where that is impossible */
  configure?(options: BackendOptions): void
  compile(program: Program): Executable
  /** Takes ownership of `data`, a dense row-major array. */
  upload(data: TypedArray): Handle
  /** An array of one number throughout; where it is left out, such an array is uploaded. */
  readonly filled?: (dtype: DType, length: number, value: number) => Handle
  /** The elements; the caller must not write to them. */
  download(handle: Handle): Promise<TypedArray>
  /** @throws BackendError where the device cannot answer at once. */
  downloadSync(handle: Handle): TypedArray
  /** As `downloadSync`, but into an array of the caller's own; left out where that takes a copy. */
  readonly downloadOwn?: (handle: Handle) => TypedArray
  free(handle: Handle): void
}
