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
const slopeAtZero = 0.1283791670955126

/** erf(1), to 24 bits, so that a sum with it is exact. */
const erfOne = 0.8450629115104675

/** |x| < 0.84375: erf x = x + x·p(x²)/q(x²). */
const p = [
  0.12837916709551256, -0.3250421072470015, -0.02848174957559851, -0.005770270296489442,
  -2.3763016656650163e-5,
]
const q = [
  1, 0.39791722395915535, 0.0650222499887673, 0.005081306281875766, 0.00013249473800432164,
  -3.960228278775368e-6,
]

/** 0.84375 ≤ |x| < 1.25: erf x = erf 1 + a(|x|−1)/b(|x|−1). */
const a = [
  -0.0023621185607526594, 0.41485611868374833, -0.3722078760357013, 0.31834661990116175, -0.11089469428239668,
  0.035478304325618236, -0.002166375594868791,
]
const b = [
  1, 0.10642088040084423, 0.540397917702171, 0.07182865441419627, 0.12617121980876164, 0.01363708391202905,
  0.011984499846799107,
]

/** 1.25 ≤ x < 1/0.35: erfc x = exp(−x² − 0.5625 + r(1/x²)/s(1/x²))/x. */
const r = [
  -0.009864944034847148, -0.6938585727071818, -10.558626225323291, -62.375332450326006, -162.39666946257347,
  -184.60509290671104, -81.2874355063066, -9.814329344169145,
]
const s = [
  1, 19.651271667439257, 137.65775414351904, 434.56587747522923, 645.3872717332679, 429.00814002756783,
  108.63500554177944, 6.570249770319282, -0.0604244152148581,
]

/** 1/0.35 ≤ x < 28: the same form. */
const rFar = [
  -0.0098649429247001, -0.799283237680523, -17.757954917754752, -160.63638485582192, -637.5664433683896,
  -1025.0951316110772, -483.5191916086514,
]
const sFar = [
  1, 30.33806074348246, 325.7925129965739, 1536.729586084437, 3199.8582195085955, 2553.0504064331644,
  474.52854120695537, -22.44095244658582,
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
