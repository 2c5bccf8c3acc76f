/** Where along one axis updates go: their positions, the size of the axis, and how many rows lie between two positions. */
export type AxisPositions = readonly [positions: ArrayLike<number>, size: number, stride: number]

/**
 * Sorts updates by their rows, by counting, and so in order within each: those of row r are at `ends[r] … ends[r + 1] − 1` of
 * `places`, each as the bytes of the updates before it. One that is outside on any axis is at none. `rows` is overwritten; `ends`
 * has two entries more than there are rows.
 */
export const sortByRow = (
  axes: readonly AxisPositions[],
  rows: Int32Array,
  ends: Int32Array,
  places: Int32Array,
  updateBytes: number,
): void => {
  rows.fill(0)
  for (const [positions, size, stride] of axes)
    for (let i = 0; i < rows.length; i++) {
      const at = positions[i]
      rows[i] = at < 0 || at >= size || rows[i] < 0 ? -1 : rows[i] + at * stride
    }
  ends.fill(0)
  for (let i = 0; i < rows.length; i++) if (rows[i] >= 0) ends[rows[i] + 2]++
  for (let r = 2; r < ends.length; r++) ends[r] += ends[r - 1]
  // ends[r + 1] is the start of row r, and becomes its end
  for (let i = 0; i < rows.length; i++) if (rows[i] >= 0) places[ends[rows[i] + 1]++] = i * updateBytes
}
