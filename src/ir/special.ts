/**
 * The special functions of the scalar language, in double precision; single precision rounds their results.
 * Relative errors are a few units in the last place (see the tables they are tested against), and absolute
 * ones near the zeros of lgamma, digamma and polygamma on the negative axis.
 */
export { digamma } from './special/digamma.js'
export { erf, erfc } from './special/erf.js'
export { erfInv } from './special/erfInv.js'
export { lgamma } from './special/lgamma.js'
export { polygamma } from './special/polygamma.js'
