import { formatShape, type Shape } from '../ir/aval.js'
import { ConcretizationError, ShapeError } from '../ir/errors.js'
import { describe } from './describe.js'
import { Tensor, Tracer } from './tensor.js'

/**
 * Sizes, axes or counts: one number or several, which must be known while tracing.
 * @throws ConcretizationError on a tracer, ShapeError on anything else that is not a number
 */
export const plainNumbers = (
  name: string,
  what: string,
  given: number | readonly number[],
): readonly number[] => {
  const all: readonly unknown[] = Array.isArray(given) ? given : [given]
  const at = all.findIndex((x) => typeof x !== 'number')
  if (at < 0) return all as readonly number[]
  const got = `${name}: plain numbers are required as ${what}, got ${describe(all[at])}`
  if (all[at] instanceof Tracer)
    throw new ConcretizationError(
      `${got}, which is being traced. Take it from a shape, or name the argument in staticArgs.`,
    )
  throw new ShapeError(`${got}.${all[at] instanceof Tensor ? ' Use x.item().' : ''}`)
}

/** A shape; a number is a shape of one axis. @throws ShapeError, ConcretizationError unless all sizes are whole and not negative */
export const requireShape = (name: string, given: number | Shape): Shape => {
  const shape = plainNumbers(name, 'sizes', given)
  if (shape.every((d) => Number.isInteger(d) && d >= 0)) return shape
  throw new ShapeError(`${name}: a shape of whole sizes is required, got ${formatShape(shape)}.`)
}
