import { dynamicSliceP } from './dynamicSlice.js'
import { dynamicUpdateSliceP } from './dynamicUpdateSlice.js'
import { gatherP } from './gather.js'
import { scatterAddP } from './scatterAdd.js'
import { scatterMaxP, scatterMinP } from './scatterExtremum.js'
import { scatterMulP } from './scatterMul.js'
import { scatterSetP } from './scatterSet.js'
import { sortP } from './sort.js'
import { topKP } from './topK.js'

export const indexingPrimitives = [
  dynamicSliceP,
  dynamicUpdateSliceP,
  gatherP,
  scatterAddP,
  scatterMaxP,
  scatterMinP,
  scatterMulP,
  scatterSetP,
  sortP,
  topKP,
] as const
