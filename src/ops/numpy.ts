/** The numpy-style surface: what is exported here is `np`. */
export { abs, abs as absolute } from './abs.js'
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
} from './arithmetic.js'
export { bitcast } from './bitcast.js'
export { cbrt } from './cbrt.js'
export {
  eq as equal,
  ge as greaterEqual,
  gt as greater,
  le as lessEqual,
  lt as less,
  ne as notEqual,
} from './comparison.js'
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
} from './composite/arrangement.js'
export {
  type ArrayLike,
  array,
  asarray,
  astype,
  type DTypeOption,
  type NestedValues,
} from './composite/array.js'
export { at } from './composite/at.js'
export { allclose, arrayEqual, type CloseOptions } from './composite/closeness.js'
export { full, fullLike, type LikeOptions, ones, onesLike, zeros, zerosLike } from './composite/creation.js'
export { einsum } from './composite/einsum.js'
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
} from './composite/elementwise.js'
export { get, type OneHotOptions, oneHot, take, takeAlongAxis } from './composite/indexing.js'
export { concatenate, repeat, roll, split, stack } from './composite/joining.js'
export { logsumexp } from './composite/logsumexp.js'
export { dot, inner, matmul, outer, type TensordotAxes, tensordot } from './composite/matmul.js'
export { type NormOptions, norm } from './composite/norm.js'
export { type PadMode, type PadOptions, type PadWidth, pad } from './composite/padding.js'
export { median, type QuantileMethod, type QuantileOptions, quantile } from './composite/quantile.js'
export { arange, type LinspaceOptions, linspace, meshgrid } from './composite/ranges.js'
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
} from './composite/reductions.js'
export { searchsorted } from './composite/searchsorted.js'
export { sinc } from './composite/sinc.js'
export { argsort, type SortOptions, sort } from './composite/sorting.js'
export { type DiagonalOptions, diag, diagonal, eye, trace, tri, tril, triu } from './composite/triangle.js'
export { erf, erfc, erfInv } from './erf.js'
export { exp, expm1 } from './exp.js'
export { digamma, lgamma, polygamma } from './gamma.js'
export { cosh, sinh, tanh } from './hyperbolic.js'
export { hypot } from './hypot.js'
export { acosh, asinh, atanh } from './inverseHyperbolic.js'
export { acos, asin, atan, atan2 } from './inverseTrigonometric.js'
export { isFinite as isfinite, isInf as isinf, isNaN as isnan } from './isFinite.js'
export { log, log1p } from './log.js'
export { and as bitwiseAnd, not as bitwiseNot, or as bitwiseOr, xor as bitwiseXor } from './logical.js'
export { maximum, minimum } from './maximum.js'
export { pow, pow as power } from './pow.js'
export { ceil, floor, round } from './rounding.js'
export { where } from './select.js'
export { shiftLeft as leftShift } from './shifts.js'
export { sigmoid } from './sigmoid.js'
export { sign } from './sign.js'
export { cos, sin } from './sin.js'
export { rsqrt, sqrt } from './sqrt.js'
export { square } from './square.js'
export { tan } from './tan.js'
