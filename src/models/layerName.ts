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
