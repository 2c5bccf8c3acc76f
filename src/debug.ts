import { initialize } from './core.js'

/** `grad-ts/debug`: a look inside compiled functions and models, values from within them, the origin of NaN, indices out of range, derivatives beside differences. */
initialize()

export { nans, setNans } from './compiler/debugNans.js'
export { explain } from './compiler/explain/explainLowered.js'
export { checkGraph } from './graph/check.js'
export { type LayerOutput, layerOutputs } from './models/layerOutputs.js'
export { summary } from './models/summary.js'
export { type CheckGradsOptions, checkGrads } from './transforms/checkGrads.js'
export { callback } from './transforms/debugCallback.js'
export { indices, setIndices } from './transforms/debugIndices.js'
export { print } from './transforms/debugPrint.js'
