/** The polynomial `Σ coefs[k]·x^k` by Horner's rule. */
export const horner = (coefs: readonly number[], x: number): number => {
  let sum = 0
  for (let k = coefs.length - 1; k >= 0; k--) sum = sum * x + coefs[k]
  return sum
}
