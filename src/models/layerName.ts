import { describe } from '../graph/describe.js'
import { plainNumbers } from '../graph/plainNumbers.js'
import { Tensor } from '../graph/tensor.js'
import { GradError } from '../ir/errors.js'

/**
 * The name of a layer as it would be written: `conv2d(3, 32, 3, padding 1)`. Options that are not given are left out.
 * @internal
 */
export const layerName = (
  kind: string,
  sizes: readonly unknown[],
  options: Readonly<Record<string, unknown>> = {},
): string => {
  const said = Object.entries(options).flatMap(([option, value]) =>
    value === undefined ? [] : [`${option} ${shown(value)}`],
  )
  return `${kind}(${[...sizes.map(shown), ...said].join(', ')})`
}

const shown = (value: unknown): string => {
  if (typeof value === 'string') return value
  return value instanceof Tensor || value === undefined ? describe(value) : JSON.stringify(value)
}

/** @throws GradError unless all sizes are positive integers @internal */
export const requireSizes = (name: string, sizes: readonly number[]): void => {
  for (const n of plainNumbers(name, 'sizes', sizes))
    if (!Number.isInteger(n) || n < 1) throw new GradError(`${name}: positive sizes are required, got ${n}.`)
}

/**
 * Runs a layer or a part; its errors begin with its name (`once`: unless they do already), so that one of many similar layers can be found.
 * @throws GradError of the class that was thrown, which is its cause
 * @internal
 */
export const within = <T>(name: string, run: () => T, once = false): T => {
  try {
    return run()
  } catch (cause) {
    if (!(cause instanceof GradError) || (once && cause.message.startsWith(name))) throw cause
    throw new (cause.constructor as typeof GradError)(`${name}: ${cause.message}`, { cause })
  }
}
