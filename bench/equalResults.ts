/** @throws where the results differ, by more than the tolerance of the largest: what is compared has to be the same work */
export const requireEqualResults = (
  name: string,
  got: readonly ArrayLike<number>[],
  want: readonly ArrayLike<number>[],
  tolerance = 1e-3,
): void => {
  const sizes = (arrays: readonly ArrayLike<number>[]) => arrays.map((a) => a.length).join(', ')
  if (sizes(got) !== sizes(want))
    throw new Error(`${name}: results of sizes ${sizes(want)} are required, got ${sizes(got)}.`)
  for (const [r, wanted] of want.entries()) {
    let scale = 1e-30
    for (let i = 0; i < wanted.length; i++) scale = Math.max(scale, Math.abs(wanted[i]))
    for (let i = 0; i < wanted.length; i++)
      if (!(Math.abs(got[r][i] - wanted[i]) <= tolerance * scale))
        throw new Error(
          `${name}: our result is required, ${wanted[i]} at element ${i} of array ${r}, got ${got[r][i]}.`,
        )
  }
}
