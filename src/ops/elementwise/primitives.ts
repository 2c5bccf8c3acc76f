import { absP, signP } from './abs.js'
import { addP, divP, mulP, negP, remP, subP } from './arithmetic.js'
import { bitcastP } from './bitcast.js'
import { cbrtP } from './cbrt.js'
import { clampP } from './clamp.js'
import { eqP, geP, gtP, leP, ltP, neP } from './comparison.js'
import { convertP } from './convert.js'
import { erfcP, erfInvP, erfP } from './erf.js'
import { expm1P, expP, sigmoidP } from './exp.js'
import { digammaP, lgammaP, polygammaP } from './gamma.js'
import { coshP, sinhP, tanhP } from './hyperbolic.js'
import { integerPowP } from './integerPow.js'
import { acoshP, asinhP, atanhP } from './inverseHyperbolic.js'
import { acosP, asinP, atan2P, atanP } from './inverseTrigonometric.js'
import { isFiniteP } from './isFinite.js'
import { log1pP, logP } from './log.js'
import { andP, notP, orP, xorP } from './logical.js'
import { maxP, minP } from './maximum.js'
import { powP } from './pow.js'
import { reluP } from './relu.js'
import { ceilP, floorP, roundP } from './rounding.js'
import { selectP } from './select.js'
import { shiftLeftP, shiftRightArithmeticP, shiftRightLogicalP } from './shifts.js'
import { rsqrtP, sqrtP } from './sqrt.js'
import { squareP } from './square.js'
import { threefry2x32P } from './threefry.js'
import { cosP, sinP, tanP } from './trigonometric.js'

export const elementwisePrimitives = [
  absP,
  addP,
  divP,
  mulP,
  negP,
  remP,
  subP,
  bitcastP,
  cbrtP,
  clampP,
  eqP,
  geP,
  gtP,
  leP,
  ltP,
  neP,
  convertP,
  erfcP,
  erfInvP,
  erfP,
  expm1P,
  expP,
  digammaP,
  lgammaP,
  polygammaP,
  coshP,
  sinhP,
  tanhP,
  integerPowP,
  acoshP,
  asinhP,
  atanhP,
  acosP,
  asinP,
  atan2P,
  atanP,
  isFiniteP,
  log1pP,
  logP,
  andP,
  notP,
  orP,
  xorP,
  maxP,
  minP,
  powP,
  reluP,
  ceilP,
  floorP,
  roundP,
  selectP,
  shiftLeftP,
  shiftRightArithmeticP,
  shiftRightLogicalP,
  sigmoidP,
  signP,
  cosP,
  sinP,
  rsqrtP,
  sqrtP,
  squareP,
  tanP,
  threefry2x32P,
] as const
