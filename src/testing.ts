import { initialize } from './core.js'

/** `grad-ts/testing`: matchers that compare tensors. */
initialize()

export type { Tolerance } from './testing/compareTensors.js'
export { matchers, type TensorMatchers } from './testing/matchers.js'
