import { horner } from './horner.js'

/** The positive zero of digamma, 1.4616321449683623…, in three parts of which the first two are exact. */
const zeroHead = 1569415565 / 2 ** 30
const zeroMiddle = 381566830 / 2 ** 60
const zeroRest = 9.016312093258695e-20

/** 1 ≤ x ≤ 2: digamma x = (x − zero)·(slope + p(x−1)/q(x−1)). */
const slope = 0.9955816268920898
const p = [
  0.25479851061131553, -0.3255503118680449, -0.6503185377089651, -0.28919126444774784, -0.04525132144873906,
  -0.002071332116774595,
]
const q = [
  1, 2.076711702373047, 1.4606242909763516, 0.43593529692665967, 0.054151797245674226, 0.0021284987017821146,
  -5.578984132167551e-7,
]

/** B₂ₖ/2k, k = 1…8. */
const stirling = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160]

const betweenOneAndTwo = (x: number): number => {
  const distance = x - zeroHead - zeroMiddle - zeroRest
  return distance * slope + distance * (horner(p, x - 1) / horner(q, x - 1))
}

/** log y − 1/2y − Σ B₂ₖ/(2k·y²ᵏ), for y ≥ 10. */
const asymptotic = (y: number): number => {
  const z = 1 / (y * y)
  return Math.log(y) - 0.5 / y - z * horner(stirling, z)
}

/** π·cot πx, with the argument reduced exactly. */
const piCotPi = (x: number): number => {
  const y = x - Math.round(x)
  if (Math.abs(y) <= 0.25) return Math.PI / Math.tan(Math.PI * y)
  return Math.PI * Math.tan(Math.PI * (0.5 - Math.abs(y))) * Math.sign(y)
}

/**
 * The derivative of log Γ. NaN at its poles, zero and the negative integers.
 * Negative x by reflection, ψ(x) = ψ(1−x) − π·cot πx; (0, 10) by the recurrence ψ(x+1) = ψ(x) + 1/x,
 * from a rational function with the zero as a factor.
 * @see https://www.boost.org/doc/libs/release/libs/math/doc/html/math_toolkit/sf_gamma/digamma.html
 */
export const digamma = (x: number): number => {
  if (Number.isNaN(x) || x === Number.NEGATIVE_INFINITY) return Number.NaN
  if (x <= 0) return Number.isInteger(x) ? Number.NaN : digamma(1 - x) - piCotPi(x)
  if (x === Number.POSITIVE_INFINITY) return x
  if (x >= 10) return asymptotic(x)
  if (x < 1) return betweenOneAndTwo(x + 1) - 1 / x
  let sum = 0
  let y = x
  while (y > 2) {
    y -= 1
    sum += 1 / y
  }
  return betweenOneAndTwo(y) + sum
}
