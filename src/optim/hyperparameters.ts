import { describe } from '../graph/describe.js'
import { GradError } from '../ir/errors.js'

/** @throws GradError unless x is a finite number. @internal */
export const requireFinite = (operation: string, name: string, x: number): number => {
  if (Number.isFinite(x)) return x
  throw new GradError(`${operation}: a finite ${name} is required, got ${describe(x)}.`)
}

/** @throws GradError unless 0 ≤ rate < 1. @internal */
export const requireDecay = (operation: string, name: string, rate: number): void => {
  if (!(rate >= 0 && rate < 1))
    throw new GradError(`${operation}: 0 <= ${name} < 1 is required, got ${rate}.`)
}

/** The library whose formula an optimiser or a schedule follows. */
export type Convention = 'optax' | 'torch'

/** Whether the formula is PyTorch's. @throws GradError on an unknown convention @internal */
export const isTorch = (operation: string, convention: Convention): boolean => {
  if (convention !== 'optax' && convention !== 'torch')
    throw new GradError(
      `${operation}: convention 'optax' or 'torch' is required, got ${describe(convention)}.`,
    )
  return convention === 'torch'
}
