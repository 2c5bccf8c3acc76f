/** The number of true entries. */
export const countTrue = (mask: readonly boolean[]): number => mask.filter(Boolean).length

/** The mask of everything that is not in the mask. */
export const complement = (mask: readonly boolean[]): readonly boolean[] => mask.map((b) => !b)

/** The values where the mask is true, as numpy's `compress`. */
export const compress = <T>(xs: readonly T[], mask: readonly boolean[]): readonly T[] =>
  xs.filter((_, i) => mask[i])

/** The values in order where the mask is true, `null` elsewhere. */
export const placed = <T>(mask: readonly boolean[], xs: readonly T[]): readonly (T | null)[] => {
  let next = 0
  return mask.map((b) => (b ? xs[next++] : null))
}

/** `101`, for keys. */
export const maskKey = (mask: readonly boolean[]): string => mask.map((b) => (b ? '1' : '0')).join('')

/** Consecutive parts of a list, of the given sizes; the remainder is the last part. */
export const partsOf = <T>(xs: readonly T[], ...sizes: readonly number[]): readonly (readonly T[])[] => {
  let from = 0
  const parts = sizes.map((size) => xs.slice(from, (from += size)))
  return [...parts, xs.slice(from)]
}

/** The smallest mask that contains `initial` and that `step` adds nothing to. */
export const closure = (
  initial: readonly boolean[],
  step: (mask: readonly boolean[]) => readonly boolean[],
): readonly boolean[] => {
  for (let mask = initial; ; ) {
    const next = step(mask)
    const joined = mask.map((b, i) => b || next[i])
    if (joined.every((b, i) => b === mask[i])) return mask
    mask = joined
  }
}
