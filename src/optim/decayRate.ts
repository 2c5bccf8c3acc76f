import { GradError } from '../ir/errors.js'

/** @throws GradError unless 0 ≤ rate < 1. @internal */
export const requireDecay = (operation: string, name: string, rate: number): void => {
  if (!(rate >= 0 && rate < 1))
    throw new GradError(`${operation}: 0 <= ${name} < 1 is required, got ${rate}.`)
}
