import { convGeneralDilatedP } from './convGeneralDilated.js'
import { reduceWindowMaxP, reduceWindowMinP, reduceWindowSumP } from './reduceWindow.js'
import { windowGatherP } from './windowGather.js'
import { windowPlacesP } from './windowPlaces.js'
import { windowScatterAddP } from './windowScatterAdd.js'

export const windowsPrimitives = [
  convGeneralDilatedP,
  reduceWindowMaxP,
  reduceWindowMinP,
  reduceWindowSumP,
  windowGatherP,
  windowPlacesP,
  windowScatterAddP,
] as const
