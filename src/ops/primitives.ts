import type { PrimitiveTable } from '../graph/primitive.js'
import { allGatherP, axisIndexP } from './collectives/namedAxis.js'
import { callP } from './control/call.js'
import { debugCallbackP, pureCallbackP } from './control/callback.js'
import { checkpointNameP } from './control/checkpointName.js'
import { condP } from './control/cond.js'
import { customJvpP } from './control/customJvp.js'
import { customVjpLinearP, customVjpP } from './control/customVjp.js'
import { linearSolveP } from './control/linearSolve.js'
import { rematP } from './control/remat.js'
import { scanP } from './control/scan.js'
import { stopGradientP } from './control/stopGradient.js'
import { whileP } from './control/while.js'
import { absP } from './elementwise/abs.js'
import { addP, divP, mulP, negP, remP, subP } from './elementwise/arithmetic.js'
import { bitcastP } from './elementwise/bitcast.js'
import { cbrtP } from './elementwise/cbrt.js'
import { clampP } from './elementwise/clamp.js'
import { eqP, geP, gtP, leP, ltP, neP } from './elementwise/comparison.js'
import { convertP } from './elementwise/convert.js'
import { erfcP, erfInvP, erfP } from './elementwise/erf.js'
import { expm1P, expP } from './elementwise/exp.js'
import { digammaP, lgammaP, polygammaP } from './elementwise/gamma.js'
import { coshP, sinhP, tanhP } from './elementwise/hyperbolic.js'
import { integerPowP } from './elementwise/integerPow.js'
import { acoshP, asinhP, atanhP } from './elementwise/inverseHyperbolic.js'
import { acosP, asinP, atan2P, atanP } from './elementwise/inverseTrigonometric.js'
import { isFiniteP } from './elementwise/isFinite.js'
import { log1pP, logP } from './elementwise/log.js'
import { andP, notP, orP, xorP } from './elementwise/logical.js'
import { maxP, minP } from './elementwise/maximum.js'
import { powP } from './elementwise/pow.js'
import { reluP } from './elementwise/relu.js'
import { ceilP, floorP, roundP } from './elementwise/rounding.js'
import { selectP } from './elementwise/select.js'
import { shiftLeftP, shiftRightArithmeticP, shiftRightLogicalP } from './elementwise/shifts.js'
import { sigmoidP } from './elementwise/sigmoid.js'
import { signP } from './elementwise/sign.js'
import { cosP, sinP } from './elementwise/sin.js'
import { rsqrtP, sqrtP } from './elementwise/sqrt.js'
import { squareP } from './elementwise/square.js'
import { tanP } from './elementwise/tan.js'
import { threefry2x32P } from './elementwise/threefry.js'
import { dynamicSliceP } from './indexing/dynamicSlice.js'
import { dynamicUpdateSliceP } from './indexing/dynamicUpdateSlice.js'
import { gatherP } from './indexing/gather.js'
import { scatterAddP } from './indexing/scatterAdd.js'
import { scatterMaxP, scatterMinP } from './indexing/scatterExtremum.js'
import { scatterMulP } from './indexing/scatterMul.js'
import { scatterSetP } from './indexing/scatterSet.js'
import { sortP } from './indexing/sort.js'
import { topKP } from './indexing/topK.js'
import { choleskyP } from './matrices/cholesky.js'
import { dotGeneralP } from './matrices/dotGeneral.js'
import { luP } from './matrices/lu.js'
import { triangularSolveP } from './matrices/triangularSolve.js'
import { broadcastInDimP } from './movement/broadcast.js'
import { concatenateP } from './movement/concatenate.js'
import { iotaP } from './movement/iota.js'
import { padP } from './movement/pad.js'
import { reshapeP } from './movement/reshape.js'
import { revP } from './movement/rev.js'
import { sliceP } from './movement/slice.js'
import { transposeP } from './movement/transpose.js'
import { argmaxP, argminP } from './reductions/argExtremum.js'
import { cummaxP, cumminP, cumprodP, cumsumP } from './reductions/cumulative.js'
import { reduceMaxP, reduceMinP } from './reductions/reduceExtremum.js'
import { reduceAndP, reduceOrP } from './reductions/reduceLogical.js'
import { reduceProdP } from './reductions/reduceProd.js'
import { reduceSumP } from './reductions/reduceSum.js'
import { convGeneralDilatedP } from './windows/convGeneralDilated.js'
import { reduceWindowMaxP, reduceWindowMinP, reduceWindowSumP } from './windows/reduceWindow.js'
import { windowGatherP } from './windows/windowGather.js'
import { windowPlacesP } from './windows/windowPlaces.js'
import { windowScatterAddP } from './windows/windowScatterAdd.js'

const all = [
  absP,
  acosP,
  acoshP,
  addP,
  allGatherP,
  andP,
  argmaxP,
  argminP,
  asinP,
  asinhP,
  atanP,
  atan2P,
  atanhP,
  axisIndexP,
  bitcastP,
  broadcastInDimP,
  callP,
  cbrtP,
  ceilP,
  checkpointNameP,
  choleskyP,
  clampP,
  concatenateP,
  condP,
  convertP,
  convGeneralDilatedP,
  cosP,
  coshP,
  cummaxP,
  cumminP,
  cumprodP,
  cumsumP,
  customJvpP,
  customVjpP,
  customVjpLinearP,
  debugCallbackP,
  digammaP,
  divP,
  dotGeneralP,
  dynamicSliceP,
  dynamicUpdateSliceP,
  eqP,
  erfP,
  erfcP,
  erfInvP,
  expP,
  expm1P,
  floorP,
  gatherP,
  geP,
  gtP,
  integerPowP,
  iotaP,
  isFiniteP,
  leP,
  lgammaP,
  linearSolveP,
  logP,
  log1pP,
  ltP,
  luP,
  maxP,
  minP,
  mulP,
  neP,
  negP,
  notP,
  orP,
  padP,
  polygammaP,
  powP,
  pureCallbackP,
  reduceAndP,
  reduceMaxP,
  reduceMinP,
  reduceOrP,
  reduceProdP,
  reduceSumP,
  reduceWindowMaxP,
  reduceWindowMinP,
  reduceWindowSumP,
  reluP,
  remP,
  rematP,
  reshapeP,
  revP,
  roundP,
  rsqrtP,
  scanP,
  scatterAddP,
  scatterMaxP,
  scatterMinP,
  scatterMulP,
  scatterSetP,
  selectP,
  shiftLeftP,
  shiftRightArithmeticP,
  shiftRightLogicalP,
  sigmoidP,
  signP,
  sinP,
  sinhP,
  sliceP,
  sortP,
  sqrtP,
  squareP,
  stopGradientP,
  subP,
  tanP,
  tanhP,
  threefry2x32P,
  topKP,
  transposeP,
  triangularSolveP,
  whileP,
  windowGatherP,
  windowPlacesP,
  windowScatterAddP,
  xorP,
]

/** Every primitive by name; a graph that is read from a file may name these. */
export const primitives: PrimitiveTable = Object.freeze(Object.fromEntries(all.map((p) => [p.name, p])))
