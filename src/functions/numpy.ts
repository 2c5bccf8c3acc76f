/** `np`, after NumPy. */
export { abs, abs as absolute, sign } from '../ops/elementwise/abs.js'
export {
  add,
  div,
  div as divide,
  floorDivide,
  mod,
  mod as remainder,
  mul,
  mul as multiply,
  neg,
  neg as negative,
  rem as fmod,
  sub,
  sub as subtract,
} from '../ops/elementwise/arithmetic.js'
export { bitcast } from '../ops/elementwise/bitcast.js'
export { cbrt } from '../ops/elementwise/cbrt.js'
export {
  eq as equal,
  ge as greaterEqual,
  gt as greater,
  le as lessEqual,
  lt as less,
  ne as notEqual,
} from '../ops/elementwise/comparison.js'
export { erf, erfc, erfInv } from '../ops/elementwise/erf.js'
export { exp, expm1 } from '../ops/elementwise/exp.js'
export { digamma, lgamma, polygamma } from '../ops/elementwise/gamma.js'
export { cosh, sinh, tanh } from '../ops/elementwise/hyperbolic.js'
export { hypot } from '../ops/elementwise/hypot.js'
export { acosh, asinh, atanh } from '../ops/elementwise/inverseHyperbolic.js'
export { acos, asin, atan, atan2 } from '../ops/elementwise/inverseTrigonometric.js'
export { isFinite as isfinite, isInf as isinf, isNaN as isnan } from '../ops/elementwise/isFinite.js'
export { log, log1p } from '../ops/elementwise/log.js'
export {
  and as bitwiseAnd,
  not as bitwiseNot,
  or as bitwiseOr,
  xor as bitwiseXor,
} from '../ops/elementwise/logical.js'
export { maximum, minimum } from '../ops/elementwise/maximum.js'
export { pow, pow as power } from '../ops/elementwise/pow.js'
export { ceil, floor, round } from '../ops/elementwise/rounding.js'
export { where } from '../ops/elementwise/select.js'
export { shiftLeft as leftShift } from '../ops/elementwise/shifts.js'
export { rsqrt, sqrt } from '../ops/elementwise/sqrt.js'
export { square } from '../ops/elementwise/square.js'
export { cos, sin, tan } from '../ops/elementwise/trigonometric.js'
export {
  broadcastShapes,
  broadcastTo,
  expandDims,
  flip,
  moveaxis,
  ravel,
  reshape,
  squeeze,
  swapaxes,
  tile,
  transpose,
} from './numpy/arrangement.js'
export {
  type ArrayLike,
  array,
  asarray,
  astype,
  type DTypeOption,
  type NestedValues,
} from './numpy/array.js'
export { at } from './numpy/at.js'
export { allclose, arrayEqual, type CloseOptions } from './numpy/closeness.js'
export { full, fullLike, type LikeOptions, ones, onesLike, zeros, zerosLike } from './numpy/creation.js'
export { einsum } from './numpy/einsum.js'
export {
  clip,
  degrees,
  exp2,
  log2,
  log10,
  logaddexp,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  radians,
  reciprocal,
  rightShift,
  trunc,
} from './numpy/elementwise.js'
export { get, take, takeAlongAxis } from './numpy/indexing.js'
export { concatenate, repeat, roll, split, stack } from './numpy/joining.js'
export { logsumexp } from './numpy/logsumexp.js'
export { dot, inner, matmul, outer, type TensordotAxes, tensordot } from './numpy/matmul.js'
export { type NormOptions, norm } from './numpy/norm.js'
export { type PadMode, type PadOptions, type PadWidth, pad } from './numpy/padding.js'
export { median, type QuantileMethod, type QuantileOptions, quantile } from './numpy/quantile.js'
export { arange, type LinspaceOptions, linspace, meshgrid } from './numpy/ranges.js'
export {
  type ArgOptions,
  all,
  any,
  argmax,
  argmin,
  countNonzero,
  cummax,
  cummin,
  cumprod,
  cumsum,
  max,
  mean,
  min,
  prod,
  std,
  sum,
  type VarianceOptions,
  variance as var,
} from './numpy/reductions.js'
export { searchsorted } from './numpy/searchsorted.js'
export { sinc } from './numpy/sinc.js'
export { argsort, type SortOptions, sort } from './numpy/sorting.js'
export { type DiagonalOptions, diag, diagonal, eye, trace, tri, tril, triu } from './numpy/triangle.js'
