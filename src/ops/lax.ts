/** Operations in their general form, one level below `np`: nothing is broadcast. What is exported here is a part of `grad-ts/lax`. */

export {
  allGather,
  axisIndex,
  axisSize,
  pmax,
  pmean,
  pmin,
  ppermute,
  psum,
} from './composite/collectives.js'
export { dynamicSlice, dynamicUpdateSlice } from './composite/dynamicWindows.js'
export {
  gather,
  scatterAdd,
  scatterMax,
  scatterMin,
  scatterMul,
  scatterSet,
} from './composite/generalIndexing.js'
export { type ConvOptions, convGeneralDilated } from './convGeneralDilated.js'
export { reduceWindowMax, reduceWindowMin, reduceWindowSum } from './reduceWindow.js'
export { type SelectOptions, selectAndGatherAdd, selectAndScatterAdd } from './selectAndScatterAdd.js'
export { sort } from './sort.js'
export { topK } from './topK.js'
export type { PadPair, WindowPadding } from './windowAxis.js'
export type { WindowOptions } from './windowParams.js'
