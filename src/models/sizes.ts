import { ShapeError } from '../graph/errors.js'

/** @throws ShapeError unless all sizes are positive integers. @internal */
export const requireSizes = (name: string, sizes: readonly number[]): void => {
  if (sizes.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new ShapeError(`${name}: sizes that are positive integers are required, got ${sizes.join(', ')}.`)
  }
}
