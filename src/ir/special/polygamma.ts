import { digamma } from './digamma.js'

/** B₂ₖ/(2k)!, k = 1…12. */
const bernoulliOverFactorial = [
  1 / 12,
  -1 / 720,
  1 / 30240,
  -1 / 1209600,
  1 / 47900160,
  -691 / 1307674368000,
  1 / 74724249600,
  -3617 / 1.067062284288e16,
  43867 / 5.109094217170944e18,
  -174611 / 8.028576626982912e20,
  77683 / 1.4101100039391804e22,
  -236364091 / 1.6938241367317436e27,
]

/** n!/yⁿ⁺¹; large and small factors alternate, so that neither overflows before the product does. */
const term = (n: number, y: number): number => {
  let product = 1 / y
  for (let low = 1, high = n; low <= high; ) {
    product *= product > 1 ? low++ / y : high-- / y
  }
  return product
}

/**
 * n!·ζ(n+1, y) = Σₖ n!/(y+k)ⁿ⁺¹ for y > 0: terms one by one until y is large, then Euler and Maclaurin's
 * (n−1)!/yⁿ·(1 + n/2y + Σⱼ B₂ⱼ/(2j)!·n(n+1)…(n+2j−1)/y²ʲ).
 * @see https://dlmf.nist.gov/25.11#E43
 */
const hurwitzSum = (n: number, y: number): number => {
  let sum = 0
  let at = y
  for (; at < n + 15; at++) {
    const next = term(n, at)
    sum += next
    if (next * (1 + at / n) < 1e-17 * sum || sum === Number.POSITIVE_INFINITY) return sum
  }
  const z = 1 / (at * at)
  let series = 1 + n / (2 * at)
  let rising = n * (n + 1) * z
  for (let j = 0; j < bernoulliOverFactorial.length; j++) {
    series += bernoulliOverFactorial[j] * rising
    rising *= (n + 2 * j + 2) * (n + 2 * j + 3) * z
  }
  return sum + ((term(n, at) * at) / n) * series
}

/**
 * The n-th derivative of digamma, n = 0, 1, 2…; NaN for other n. ψₙ(x) = (−1)ⁿ⁺¹·n!·ζ(n+1, x), and for
 * x < 0, where terms of both signs are summed, with the distances l, r to the integers beside x,
 * ψₙ(x) = (−1)ⁿ⁺¹·n!·(ζ(n+1, l) + (−1)ⁿ⁺¹·(ζ(n+1, r) − ζ(n+1, 1−x))).
 * At its poles: +Infinity for odd n, NaN for even n, where the two sides differ in sign.
 * @see https://dlmf.nist.gov/5.15
 */
export const polygamma = (n: number, x: number): number => {
  if (!Number.isInteger(n) || n < 0 || Number.isNaN(x)) return Number.NaN
  if (n === 0) return digamma(x)
  const sign = n % 2 === 0 ? -1 : 1
  if (x === Number.POSITIVE_INFINITY) return sign * 0
  if (x > 0) return sign * hurwitzSum(n, x)
  if (x === Number.NEGATIVE_INFINITY) return Number.NaN
  if (Number.isInteger(x)) return sign > 0 ? Number.POSITIVE_INFINITY : Number.NaN
  const right = Math.ceil(x) - x
  return sign * (hurwitzSum(n, x - Math.floor(x)) + sign * (hurwitzSum(n, right) - hurwitzSum(n, 1 - x)))
}
