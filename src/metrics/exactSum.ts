/**
 * A sum of doubles without any rounding: finite terms as an expansion (doubles of growing size that do not overlap,
 * whose mathematical sum is the sum), and the others apart.
 */
export type ExactSum = { readonly parts: readonly number[]; readonly notFinite: number }

export const exactZero: ExactSum = { parts: [], notFinite: 0 }

/** `parts + x`, exactly: each two-sum gives a rounded sum and what the rounding lost. */
const grow = (parts: readonly number[], x: number): readonly number[] => {
  const grown: number[] = []
  let carried = x
  for (const part of parts) {
    const [large, small] = Math.abs(carried) < Math.abs(part) ? [part, carried] : [carried, part]
    const sum = large + small
    const lost = small - (sum - large)
    if (lost !== 0) grown.push(lost)
    carried = sum
  }
  if (carried !== 0) grown.push(carried)
  return grown
}

/** `sum + x`. Exact as long as no partial sum of finite terms leaves the range of doubles. */
export const addExactly = ({ parts, notFinite }: ExactSum, x: number): ExactSum =>
  Number.isFinite(x) ? { parts: grow(parts, x), notFinite } : { parts, notFinite: notFinite + x }

/** The sum of both; adding exactly is associative and commutative, which adding doubles is not. */
export const mergeExactly = (a: ExactSum, b: ExactSum): ExactSum => ({
  parts: b.parts.reduce(grow, a.parts),
  notFinite: a.notFinite + b.notFinite,
})

/**
 * The double nearest to the sum, ties to even; what IEEE arithmetic gives where infinities or NaN were added.
 * @see Shewchuk (1997), "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", §2
 */
export const roundExact = ({ parts, notFinite }: ExactSum): number => {
  if (notFinite !== 0) return notFinite
  let at = parts.length - 1
  if (at < 0) return 0
  let high = parts[at]
  let lost = 0
  while (lost === 0 && --at >= 0) {
    const sum = high + parts[at]
    lost = parts[at] - (sum - high)
    high = sum
  }
  // exactly half-way so far: the sign of what lies below decides
  if (at > 0 && lost < 0 === parts[at - 1] < 0) {
    const twice = 2 * lost
    const other = high + twice
    if (other - high === twice) return other
  }
  return high
}
