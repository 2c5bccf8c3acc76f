import type { PrimitiveTable } from '../graph/primitive.js'
import { absP } from './abs.js'
import { argmaxP, argminP } from './argExtremum.js'
import { addP, divP, mulP, negP, remP, subP } from './arithmetic.js'
import { bitcastP } from './bitcast.js'
import { broadcastInDimP } from './broadcast.js'
import { callP } from './call.js'
import { debugCallbackP, pureCallbackP } from './callback.js'
import { cbrtP } from './cbrt.js'
import { checkpointNameP } from './checkpointName.js'
import { choleskyP } from './cholesky.js'
import { clampP } from './clamp.js'
import { eqP, geP, gtP, leP, ltP, neP } from './comparison.js'
import { concatenateP } from './concatenate.js'
import { condP } from './cond.js'
import { convertP } from './convert.js'
import { convGeneralDilatedP } from './convGeneralDilated.js'
import { cummaxP, cumminP, cumprodP, cumsumP } from './cumulative.js'
import { customJvpP } from './customJvp.js'
import { customVjpLinearP, customVjpP } from './customVjp.js'
import { dotGeneralP } from './dotGeneral.js'
import { dynamicSliceP } from './dynamicSlice.js'
import { dynamicUpdateSliceP } from './dynamicUpdateSlice.js'
import { erfcP, erfInvP, erfP } from './erf.js'
import { expm1P, expP } from './exp.js'
import { digammaP, lgammaP, polygammaP } from './gamma.js'
import { gatherP } from './gather.js'
import { coshP, sinhP, tanhP } from './hyperbolic.js'
import { integerPowP } from './integerPow.js'
import { acoshP, asinhP, atanhP } from './inverseHyperbolic.js'
import { acosP, asinP, atan2P, atanP } from './inverseTrigonometric.js'
import { iotaP } from './iota.js'
import { isFiniteP } from './isFinite.js'
import { linearSolveP } from './linearSolve.js'
import { log1pP, logP } from './log.js'
import { andP, notP, orP, xorP } from './logical.js'
import { luP } from './lu.js'
import { maxP, minP } from './maximum.js'
import { allGatherP, axisIndexP } from './namedAxis.js'
import { padP } from './pad.js'
import { powP } from './pow.js'
import { reduceMaxP, reduceMinP } from './reduceExtremum.js'
import { reduceAndP, reduceOrP } from './reduceLogical.js'
import { reduceProdP } from './reduceProd.js'
import { reduceSumP } from './reduceSum.js'
import { reduceWindowMaxP, reduceWindowMinP, reduceWindowSumP } from './reduceWindow.js'
import { reluP } from './relu.js'
import { rematP } from './remat.js'
import { reshapeP } from './reshape.js'
import { revP } from './rev.js'
import { ceilP, floorP, roundP } from './rounding.js'
import { scanP } from './scan.js'
import { scatterAddP } from './scatterAdd.js'
import { scatterMaxP, scatterMinP } from './scatterExtremum.js'
import { scatterMulP } from './scatterMul.js'
import { scatterSetP } from './scatterSet.js'
import { selectP } from './select.js'
import { shiftLeftP, shiftRightArithmeticP, shiftRightLogicalP } from './shifts.js'
import { sigmoidP } from './sigmoid.js'
import { signP } from './sign.js'
import { cosP, sinP } from './sin.js'
import { sliceP } from './slice.js'
import { sortP } from './sort.js'
import { rsqrtP, sqrtP } from './sqrt.js'
import { squareP } from './square.js'
import { stopGradientP } from './stopGradient.js'
import { tanP } from './tan.js'
import { threefry2x32P } from './threefry.js'
import { topKP } from './topK.js'
import { transposeP } from './transpose.js'
import { triangularSolveP } from './triangularSolve.js'
import { whileP } from './while.js'
import { windowGatherP } from './windowGather.js'
import { windowPlacesP } from './windowPlaces.js'
import { windowScatterAddP } from './windowScatterAdd.js'

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
