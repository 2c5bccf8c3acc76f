import { initialize } from './core.js'

/** `grad-ts/metrics`: how well a classifier does. */
initialize()

export * from './train/metrics/index.js'
