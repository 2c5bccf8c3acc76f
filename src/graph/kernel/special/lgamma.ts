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
  7.72156649015328655494e-2, 3.22467033424113591611e-1, 6.73523010531292681824e-2, 2.05808084325167332806e-2,
  7.38555086081402883957e-3, 2.89051383673415629091e-3, 1.19270763183362067845e-3, 5.10069792153511336608e-4,
  2.20862790713908385557e-4, 1.08011567247583939954e-4, 2.52144565451257326939e-5, 4.4864094961891516015e-5,
]

/** Where Γ is least on the positive axis: lgamma(minimum + y) = minimumValue + y²·t(y) − minimumRest. */
const minimum = 1.46163214496836224576
const minimumValue = -1.21486290535849611461e-1
const minimumRest = -3.63867699703950536541e-18
const t = [
  4.83836122723810047042e-1, -1.47587722994593911752e-1, 6.46249402391333854778e-2,
  -3.27885410759859649565e-2, 1.79706750811820387126e-2, -1.0314224129834143745e-2, 6.10053870246291332635e-3,
  -3.6845201678113825676e-3, 2.2596478090061247225e-3, -1.40346469989232843813e-3, 8.81081882437654011382e-4,
  -5.38595305356740546715e-4, 3.15632070903625950361e-4, -3.12754168375120860518e-4,
  3.35529192635519073543e-4,
]

/** Around 1: lgamma(1+y) = y·u(y)/v(y) − y/2. */
const u = [
  -7.72156649015328655494e-2, 6.32827064025093366517e-1, 1.45492250137234768737, 9.77717527963372745603e-1,
  2.28963728064692451092e-1, 1.33810918536787660377e-2,
]
const v = [
  1, 2.45597793713041134822, 2.12848976379893395361, 7.69285150456672783825e-1, 1.04222645593369134254e-1,
  3.2170924228242391181e-3,
]

/** 2 ≤ x < 3: lgamma(2+y) = y/2 + y·s(y)/r(y). */
const s = [
  -7.72156649015328655494e-2, 2.14982415960608852501e-1, 3.25778796408930981787e-1, 1.46350472652464452805e-1,
  2.6642270303363860956e-2, 1.84028451407337715652e-3, 3.19475326584100867617e-5,
]
const r = [
  1, 1.39200533467621045958, 7.21935547567138069525e-1, 1.71933865632803078993e-1, 1.86459191715652901344e-2,
  7.77942496381893596434e-4, 7.32668430744625636189e-6,
]

/** x ≥ 8: lgamma x = (x−½)(log x − 1) + halfLogTwoPiLess½ + w(1/x²)/x. */
const stirlingConstant = 4.18938533204672725052e-1
const w = [
  8.33333333333329678849e-2, -2.7777777772877553647e-3, 7.936505586430195585e-4, -5.95187557450339963135e-4,
  8.36339918996282139126e-4, -1.63092934096575273989e-3,
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
