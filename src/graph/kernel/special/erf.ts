/*
 * After s_erf.c of FreeBSD's msun:
 * ====================================================
 * Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
 *
 * Developed at SunPro, a Sun Microsystems, Inc. business.
 * Permission to use, copy, modify, and distribute this
 * software is freely granted, provided that this notice
 * is preserved.
 * ====================================================
 */
import { horner } from './horner.js'

/** 2/√π − 1. */
const slopeAtZero = 1.28379167095512586316e-1

/** erf(1), to 24 bits, so that a sum with it is exact. */
const erfOne = 8.45062911510467529297e-1

/** |x| < 0.84375: erf x = x + x·p(x²)/q(x²). */
const p = [
  1.28379167095512558561e-1, -3.2504210724700149937e-1, -2.84817495755985104766e-2,
  -5.77027029648944159157e-3, -2.37630166566501626084e-5,
]
const q = [
  1, 3.97917223959155352819e-1, 6.50222499887672944485e-2, 5.08130628187576562776e-3,
  1.32494738004321644526e-4, -3.9602282787753681232e-6,
]

/** 0.84375 ≤ |x| < 1.25: erf x = erf 1 + a(|x|−1)/b(|x|−1). */
const a = [
  -2.36211856075265944077e-3, 4.14856118683748331666e-1, -3.72207876035701323847e-1,
  3.18346619901161753674e-1, -1.10894694282396677476e-1, 3.54783043256182359371e-2, -2.166375594868790843e-3,
]
const b = [
  1, 1.06420880400844228286e-1, 5.40397917702171048937e-1, 7.18286544141962662868e-2,
  1.26171219808761642112e-1, 1.36370839120290507362e-2, 1.1984499846799107417e-2,
]

/** 1.25 ≤ x < 1/0.35: erfc x = exp(−x² − 0.5625 + r(1/x²)/s(1/x²))/x. */
const r = [
  -9.86494403484714822705e-3, -6.93858572707181764372e-1, -1.05586262253232909814e1,
  -6.23753324503260060396e1, -1.62396669462573470355e2, -1.84605092906711035994e2, -8.12874355063065934246e1,
  -9.81432934416914548592,
]
const s = [
  1, 1.96512716674392571292e1, 1.376577541435190426e2, 4.34565877475229228821e2, 6.45387271733267880336e2,
  4.29008140027567833386e2, 1.08635005541779435134e2, 6.57024977031928170135, -6.04244152148580987438e-2,
]

/** 1/0.35 ≤ x < 28: the same form. */
const rFar = [
  -9.86494292470009928597e-3, -7.99283237680523006574e-1, -1.77579549177547519889e1,
  -1.60636384855821916062e2, -6.37566443368389627722e2, -1.02509513161107724954e3, -4.83519191608651397019e2,
]
const sFar = [
  1, 3.03380607434824582924e1, 3.25792512996573918826e2, 1.53672958608443695994e3, 3.19985821950859553908e3,
  2.55305040643316442583e3, 4.74528541206955367215e2, -2.24409524465858183362e1,
]

const near = (x: number): number => horner(p, x * x) / horner(q, x * x)

const aroundOne = (x: number): number => horner(a, x - 1) / horner(b, x - 1)

/** erfc x for 1.25 ≤ x; exp(−x²) is split so that the square's rounding does not grow with x. */
const tail = (x: number): number => {
  const z = 1 / (x * x)
  const correction = x < 1 / 0.35 ? horner(r, z) / horner(s, z) : horner(rFar, z) / horner(sFar, z)
  const head = Math.fround(x)
  return (Math.exp(-head * head - 0.5625) * Math.exp((head - x) * (head + x) + correction)) / x
}

/**
 * The error function, erf x = 2/√π·∫₀ˣ exp(−t²) dt.
 * @see https://www.netlib.org/fdlibm/s_erf.c
 */
export const erf = (x: number): number => {
  const t = Math.abs(x)
  if (t < 2 ** -28) return x + slopeAtZero * x
  if (t < 0.84375) return x + x * near(x)
  if (t < 1.25) return x < 0 ? -erfOne - aroundOne(t) : erfOne + aroundOne(t)
  if (t < 6) return x < 0 ? tail(t) - 1 : 1 - tail(t)
  return Number.isNaN(x) ? x : Math.sign(x)
}

/** The complement, erfc x = 1 − erf x, without cancellation where erf x is near 1. */
export const erfc = (x: number): number => {
  if (Number.isNaN(x)) return x
  const t = Math.abs(x)
  if (t < 0.84375) return x < 0.25 ? 1 - (x + x * near(x)) : 0.5 - (x - 0.5 + x * near(x))
  if (t < 1.25) return x < 0 ? 1 + (erfOne + aroundOne(t)) : 1 - erfOne - aroundOne(t)
  if (x > 28) return 0
  if (x < -6) return 2
  return x < 0 ? 2 - tail(t) : tail(t)
}
