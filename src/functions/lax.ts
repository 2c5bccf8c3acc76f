/** Operations in their general form, one level below `np`: nothing is broadcast. They are a part of `grad-ts/lax`. */

export { sort } from '../ops/indexing/sort.js'
export { topK } from '../ops/indexing/topK.js'
export type { PadPair, WindowPadding } from '../ops/windows/axisWindow.js'
export { type ConvOptions, convGeneralDilated } from '../ops/windows/convGeneralDilated.js'
export { reduceWindowMax, reduceWindowMin, reduceWindowSum } from '../ops/windows/reduceWindow.js'
export {
  type SelectOptions,
  selectAndGatherAdd,
  selectAndScatterAdd,
} from '../ops/windows/selectAndScatterAdd.js'
export type { WindowOptions } from '../ops/windows/windowParams.js'
export {
  allGather,
  axisIndex,
  axisSize,
  pmax,
  pmean,
  pmin,
  ppermute,
  psum,
} from './lax/collectives.js'
export { dynamicSlice, dynamicUpdateSlice } from './lax/dynamicWindows.js'
export {
  gather,
  scatterAdd,
  scatterMax,
  scatterMin,
  scatterMul,
  scatterSet,
} from './lax/generalIndexing.js'
