/*
 * After e_lgamma_r.c of FreeBSD's msun:
 * ====================================================
 * Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
 *
 * Developed at SunSoft, a Sun Microsystems, Inc. business.
 * Permission to use, copy, modify, and distribute this
 * software is freely granted, provided that this notice
 * is preserved.
 * ====================================================
 */
import { horner } from './horner.js'

/** Around 2: lgamma(2−y) = y·a(y) − y/2. */
const a = [
  0.07721566490153287, 0.3224670334241136, 0.06735230105312927, 0.020580808432516733, 0.007385550860814029,
  0.0028905138367341563, 0.0011927076318336207, 0.0005100697921535113, 0.00022086279071390839,
  0.00010801156724758394, 2.5214456545125733e-5, 4.4864094961891516e-5,
]

/** Where Γ is least on the positive axis: lgamma(minimum + y) = minimumValue + y²·t(y) − minimumRest. */
const minimum = 1.4616321449683622
const minimumValue = -0.12148629053584961
const minimumRest = -3.638676997039505e-18
const t = [
  0.48383612272381005, -0.1475877229945939, 0.06462494023913339, -0.032788541075985965, 0.01797067508118204,
  -0.010314224129834144, 0.006100538702462913, -0.0036845201678113826, 0.0022596478090061247,
  -0.0014034646998923284, 0.000881081882437654, -0.0005385953053567405, 0.00031563207090362595,
  -0.00031275416837512086, 0.0003355291926355191,
]

/** Around 1: lgamma(1+y) = y·u(y)/v(y) − y/2. */
const u = [
  -0.07721566490153287, 0.6328270640250934, 1.4549225013723477, 0.9777175279633727, 0.22896372806469245,
  0.013381091853678766,
]
const v = [
  1, 2.4559779371304113, 2.128489763798934, 0.7692851504566728, 0.10422264559336913, 0.003217092422824239,
]

/** 2 ≤ x < 3: lgamma(2+y) = y/2 + y·s(y)/r(y). */
const s = [
  -0.07721566490153287, 0.21498241596060885, 0.325778796408931, 0.14635047265246445, 0.02664227030336386,
  0.0018402845140733772, 3.194753265841009e-5,
]
const r = [
  1, 1.3920053346762105, 0.7219355475671381, 0.17193386563280308, 0.01864591917156529, 0.0007779424963818936,
  7.326684307446256e-6,
]

/** x ≥ 8: lgamma x = (x−½)(log x − 1) + halfLogTwoPiLess½ + w(1/x²)/x. */
const stirlingConstant = 0.4189385332046727
const w = [
  0.08333333333333297, -0.0027777777772877554, 0.0007936505586430196, -0.00059518755745034,
  0.0008363399189962821, -0.0016309293409657527,
]

const belowTwo = (y: number): number => y * horner(a, y) - 0.5 * y

const atMinimum = (y: number): number => minimumValue + (y * y * horner(t, y) - minimumRest)

const aboveOne = (y: number): number => (y * horner(u, y)) / horner(v, y) - 0.5 * y

const positive = (x: number): number => {
  if (x < 2 ** -70) return -Math.log(x)
  if (x === 1 || x === 2) return 0
  if (x <= 0.9) {
    const shifted = x >= 0.7316 ? belowTwo(1 - x) : x >= 0.23164 ? atMinimum(x - (minimum - 1)) : aboveOne(x)
    return shifted - Math.log(x)
  }
  if (x < 2) return x >= 1.7316 ? belowTwo(2 - x) : x >= 1.23 ? atMinimum(x - minimum) : aboveOne(x - 1)
  if (x < 8) {
    const y = x - Math.floor(x)
    let product = 1
    for (let k = Math.floor(x) - 1; k >= 2; k--) product *= y + k
    return 0.5 * y + (y * horner(s, y)) / horner(r, y) + Math.log(product)
  }
  if (x > 2 ** 58) return x * (Math.log(x) - 1)
  return (x - 0.5) * (Math.log(x) - 1) + (stirlingConstant + horner(w, 1 / (x * x)) / x)
}

/** |sin πx|, with the argument reduced exactly. */
const absSinPi = (x: number): number => {
  const fraction = x - Math.floor(x)
  const y = fraction > 0.5 ? Math.ceil(x) - x : fraction
  return y <= 0.25 ? Math.sin(Math.PI * y) : Math.cos(Math.PI * (0.5 - y))
}

/**
 * log|Γ(x)|; +Infinity at zero, at the negative integers and at ±Infinity.
 * Negative x by reflection: |Γ(x)|·|Γ(−x)| = π/|x·sin πx|.
 * @see https://www.netlib.org/fdlibm/e_lgamma_r.c
 */
export const lgamma = (x: number): number => {
  if (Number.isNaN(x)) return x
  if (!Number.isFinite(x)) return Number.POSITIVE_INFINITY
  if (x > 0) return positive(x)
  if (Number.isInteger(x)) return Number.POSITIVE_INFINITY
  if (x > -(2 ** -70)) return -Math.log(-x)
  return Math.log(Math.PI / (absSinPi(x) * -x)) - positive(-x)
}
