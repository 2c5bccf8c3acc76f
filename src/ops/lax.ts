/** Primitive operations as they are, one level below `np`: no broadcasting, no promotion. This is `lax`. */

export { type ConvOptions, convGeneralDilated } from './convGeneralDilated.js'
export { dynamicSlice } from './dynamicSlice.js'
export { dynamicUpdateSlice } from './dynamicUpdateSlice.js'
export { gather } from './gather.js'
export { scatterAdd } from './scatterAdd.js'
export { scatterMax, scatterMin } from './scatterExtremum.js'
export { scatterMul } from './scatterMul.js'
export { scatterSet } from './scatterSet.js'
export { sort } from './sort.js'
export { topK } from './topK.js'
export type { PadPair, WindowPadding } from './windowAxis.js'
