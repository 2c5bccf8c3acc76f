import { optionsOf } from '../graph/options.js'
import { captureTraceSite, formatSite } from '../graph/sourceSite.js'
import { HostRef } from '../graph/structuralKey.js'
import { Concrete, type Tensor } from '../graph/tensor.js'
import type { IndexMode, OutsideOptions } from '../graph/tensorMethods.js'
import { formatAval } from '../ir/aval.js'
import type { TypedArray } from '../ir/dtype.js'
import { GradError, IndexError } from '../ir/errors.js'
import { bindCallback, debugCallbackP } from '../ops/control/callback.js'

let traced = false

/** Whether traced positions are checked once they have values. */
export const tracedIndicesAreChecked = (): boolean => traced

/** Turns the check of traced positions on or off: see `debug.indices`. */
export const checkTracedIndices = (enabled: boolean): void => {
  traced = enabled
}

const modes: readonly unknown[] = [undefined, 'clip', 'wrap', 'fill', 'drop', 'promise_in_bounds']

/** The mode of an operation; `drop` is `fill`. @throws GradError on an unknown one */
export const modeOf = (name: string, options?: OutsideOptions): IndexMode | undefined => {
  const { mode } = optionsOf(name, 'mode fillValue', options)
  if (!modes.includes(mode))
    throw new GradError(
      `${name}: a mode of ${modes.slice(1).join(', ')} is required, got ${String(mode)}. Leave it out to have positions checked.`,
    )
  return mode === 'drop' ? 'fill' : mode
}

/** The range of positions, from `low` up to `size`, and the name of their axis. */
export type IndexBounds = {
  readonly what?: 'indices' | 'labels'
  readonly low: number
  readonly size: number
  readonly of: string
}

/** The error that a position is out of range. */
export const outOfRange = (
  name: string,
  { what = 'indices', low, size, of }: IndexBounds,
  got: string,
  fix = "Choose another, or a mode ('clip', 'wrap', 'fill').",
): IndexError =>
  new IndexError(
    `${name}: ${size === 0 ? 'elements to choose from' : `${what} from ${low} to ${size - 1}`} are required for ${of}, got ${got}. ${fix}`,
  )

/**
 * Refuses positions out of range. Those in the host's memory are checked now, in one pass; those on a
 * device, which would have to be awaited, and traced ones only under `debug.indices`.
 * @throws IndexError
 */
export const requireInRange = (name: string, index: Tensor, bounds: IndexBounds, fix?: string): void => {
  const values = index instanceof Concrete ? index.peek() : null
  const look = (data: TypedArray, where: string): void => {
    const at = data.findIndex((i: number) => i < bounds.low || i >= bounds.size)
    if (at >= 0)
      throw outOfRange(name, bounds, `${data[at]} at element ${at} of ${formatAval(index.aval)}${where}`, fix)
  }
  if (values !== null) look(values, '')
  else if (traced) {
    const site = captureTraceSite()
    const hook = new HostRef('debug.indices', ([t]: readonly Tensor[]): readonly Tensor[] => {
      look((t as Concrete).read(), `, asked for at ${formatSite(site)}`)
      return []
    })
    bindCallback(debugCallbackP, [index], { name: 'debug.indices', hook, lanes: [], results: [] })
  }
}
