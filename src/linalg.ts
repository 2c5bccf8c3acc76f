import { initialize } from './core.js'

/** `grad-ts/linalg`: linear algebra on the last two axes. */
initialize()

export * from './functions/linalg.js'
