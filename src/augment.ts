import { initialize } from './core.js'

/** `grad-ts/augment`: image transforms. */
initialize()

export * from './data/augment/index.js'
