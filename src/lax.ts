import { initialize } from './core.js'

/** `grad-ts/lax`: operations in their general form, associative scans, derivatives of solutions, whichever solver found them. */
initialize()

export * from './functions/lax.js'
export { type AssociativeScanOptions, associativeScan } from './transforms/associativeScan.js'
export { customLinearSolve, type LinearSolveOptions } from './transforms/customLinearSolve.js'
export { customRoot, type RootOptions } from './transforms/customRoot.js'
