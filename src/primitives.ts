import type { PrimitiveTable } from './graph/serialize.js'
import { absP } from './ops/abs.js'
import { argmaxP, argminP } from './ops/argExtremum.js'
import { addP, divP, mulP, negP, remP, subP } from './ops/arithmetic.js'
import { bitcastP } from './ops/bitcast.js'
import { broadcastInDimP } from './ops/broadcast.js'
import { callP } from './ops/call.js'
import { debugCallbackP, pureCallbackP } from './ops/callback.js'
import { cbrtP } from './ops/cbrt.js'
import { checkpointNameP } from './ops/checkpointName.js'
import { choleskyP } from './ops/cholesky.js'
import { clampP } from './ops/clamp.js'
import { eqP, geP, gtP, leP, ltP, neP } from './ops/comparison.js'
import { concatenateP } from './ops/concatenate.js'
import { condP } from './ops/cond.js'
import { convertP } from './ops/convert.js'
import { convGeneralDilatedP } from './ops/convGeneralDilated.js'
import { cummaxP, cumminP, cumprodP, cumsumP } from './ops/cumulative.js'
import { customJvpP } from './ops/customJvp.js'
import { customVjpLinearP, customVjpP } from './ops/customVjp.js'
import { dotGeneralP } from './ops/dotGeneral.js'
import { dynamicSliceP } from './ops/dynamicSlice.js'
import { dynamicUpdateSliceP } from './ops/dynamicUpdateSlice.js'
import { erfcP, erfInvP, erfP } from './ops/erf.js'
import { expm1P, expP } from './ops/exp.js'
import { digammaP, lgammaP, polygammaP } from './ops/gamma.js'
import { gatherP } from './ops/gather.js'
import { coshP, sinhP, tanhP } from './ops/hyperbolic.js'
import { integerPowP } from './ops/integerPow.js'
import { acoshP, asinhP, atanhP } from './ops/inverseHyperbolic.js'
import { acosP, asinP, atan2P, atanP } from './ops/inverseTrigonometric.js'
import { iotaP } from './ops/iota.js'
import { isFiniteP } from './ops/isFinite.js'
import { linearSolveP } from './ops/linearSolve.js'
import { log1pP, logP } from './ops/log.js'
import { andP, notP, orP, xorP } from './ops/logical.js'
import { luP } from './ops/lu.js'
import { maxP, minP } from './ops/maximum.js'
import { allGatherP, axisIndexP } from './ops/namedAxis.js'
import { padP } from './ops/pad.js'
import { powP } from './ops/pow.js'
import { reduceMaxP, reduceMinP } from './ops/reduceExtremum.js'
import { reduceAndP, reduceOrP } from './ops/reduceLogical.js'
import { reduceProdP } from './ops/reduceProd.js'
import { reduceSumP } from './ops/reduceSum.js'
import { reduceWindowMaxP, reduceWindowMinP, reduceWindowSumP } from './ops/reduceWindow.js'
import { rematP } from './ops/remat.js'
import { reshapeP } from './ops/reshape.js'
import { revP } from './ops/rev.js'
import { ceilP, floorP, roundP } from './ops/rounding.js'
import { scanP } from './ops/scan.js'
import { scatterAddP } from './ops/scatterAdd.js'
import { scatterMaxP, scatterMinP } from './ops/scatterExtremum.js'
import { scatterMulP } from './ops/scatterMul.js'
import { scatterSetP } from './ops/scatterSet.js'
import { selectP } from './ops/select.js'
import { shiftLeftP, shiftRightArithmeticP, shiftRightLogicalP } from './ops/shifts.js'
import { sigmoidP } from './ops/sigmoid.js'
import { signP } from './ops/sign.js'
import { cosP, sinP } from './ops/sin.js'
import { sliceP } from './ops/slice.js'
import { sortP } from './ops/sort.js'
import { rsqrtP, sqrtP } from './ops/sqrt.js'
import { squareP } from './ops/square.js'
import { stopGradientP } from './ops/stopGradient.js'
import { tanP } from './ops/tan.js'
import { threefry2x32P } from './ops/threefry.js'
import { topKP } from './ops/topK.js'
import { transposeP } from './ops/transpose.js'
import { triangularSolveP } from './ops/triangularSolve.js'
import { whileP } from './ops/while.js'
import { windowGatherP } from './ops/windowGather.js'
import { windowPlacesP } from './ops/windowPlaces.js'
import { windowScatterAddP } from './ops/windowScatterAdd.js'

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
