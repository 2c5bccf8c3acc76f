/** 2/√π·e^(−x²)·Σ 2ⁿx²ⁿ⁺¹/(2n+1)!!: positive terms alone, so no digits are lost. */
const erfSeries = (x: number): number => {
  let term = x
  let sum = x
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/** e^(−x²)/√π·1/(x + ½/(x + 1/(x + 3⁄2/(x + …)))), from the far end. */
const erfcFraction = (x: number): number => {
  let tail = x
  for (let k = 200; k >= 1; k--) tail = x + k / 2 / tail
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail)
}

export const erfOracle = (x: number): number => (Math.abs(x) < 6 ? erfSeries(x) : Math.sign(x))

export const erfcOracle = (x: number): number => {
  if (Number.isNaN(x)) return x
  if (x > 28) return 0
  return x > 2 ? erfcFraction(x) : 1 - erfOracle(x)
}

/** The root of erf(y) = x by bisection. */
export const erfInvOracle = (x: number): number => {
  if (!(Math.abs(x) < 1)) return Math.abs(x) === 1 ? x * Infinity : Number.NaN
  if (Math.abs(x) < 1e-9) return (x * Math.sqrt(Math.PI)) / 2
  let low = 0
  let high = 6
  for (let i = 0; i < 200 && low < high; i++) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (erfSeries(middle) < Math.abs(x)) low = middle
    else high = middle
  }
  return Math.sign(x) * ((low + high) / 2)
}

/** B₂, B₄, … */
const bernoulli = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6]

/** log|Γ(x)| = log|Γ(x + n)| − Σ log|x + k|, the first by Stirling's series where x + n ≥ 20. */
export const lgammaOracle = (x: number): number => {
  if (Number.isNaN(x)) return x
  if (!Number.isFinite(x) || (x <= 0 && Number.isInteger(x))) return Infinity
  if (x < -1e4) return Number.NaN
  let logs = 0
  let y = x
  for (; y < 20; y++) logs += Math.log(Math.abs(y))
  const series = bernoulli.reduce((sum, b, j) => sum + b / ((2 * j + 1) * (2 * j + 2) * y ** (2 * j + 1)), 0)
  return (y - 0.5) * Math.log(y) - y + Math.log(2 * Math.PI) / 2 + series - logs
}

/** Σ log|x + k| of the oracle above, which its errors grow with. */
export const lgammaScale = (x: number): number => {
  let logs = 1
  for (let y = x; y < 20 && Number.isFinite(x) && x > -1e4; y++) logs += Math.abs(Math.log(Math.abs(y))) || 0
  return Number.isFinite(logs) ? logs : 1
}

/** ψ(x) = ψ(x + n) − Σ 1/(x + k), for x of either sign. */
export const digammaOracle = (x: number): number => {
  if (x === Infinity) return x
  if (!Number.isFinite(x) || (x <= 0 && Number.isInteger(x))) return Number.NaN
  let sum = 0
  let y = x
  for (; y < 20; y++) sum += 1 / y
  const series = bernoulli.reduce((s, b, j) => s + b / ((2 * j + 2) * y ** (2 * j + 2)), 0)
  return Math.log(y) - 1 / (2 * y) - series - sum
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))

/** (−1)ⁿ⁺¹·n!·Σ 1/(x + k)ⁿ⁺¹, the tail by Euler and Maclaurin. */
export const polygammaOracle = (n: number, x: number): number => {
  const sign = n % 2 === 0 ? -1 : 1
  if (x === Infinity) return sign * 0
  if (!Number.isFinite(x)) return Number.NaN
  if (x <= 0 && Number.isInteger(x)) return sign > 0 ? Infinity : Number.NaN
  let sum = 0
  let y = x
  for (; y < 20; y++) sum += 1 / y ** (n + 1)
  let tail = y ** -n / n + y ** -(n + 1) / 2
  let rising = 1
  bernoulli.forEach((b, j) => {
    // (n+1)(n+2)…(n+2j+1), and (2j+2)!
    rising = Array.from({ length: 2 * j + 1 }, (_, k) => n + 1 + k).reduce((p, f) => p * f, 1)
    tail += (b / factorial(2 * j + 2)) * rising * y ** -(n + 2 * j + 2)
  })
  return sign * factorial(n) * (sum + tail)
}

/** Magnitude of the terms of the two sums above. */
export const reciprocalScale = (n: number, x: number): number => {
  let sum = 1
  for (let y = x; y < 20 && Number.isFinite(x); y++) if (y !== 0) sum += factorial(n) / Math.abs(y) ** (n + 1)
  return sum
}
