import { initialize } from './core.js'

/** `grad-ts/metrics`: how well a classifier does. */
initialize()

export * from './metrics/index.js'
