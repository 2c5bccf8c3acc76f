import { initialize } from './core.js'

/** `grad-ts/metrics`: the quality of a classifier. */
initialize()

export * from './metrics/index.js'
