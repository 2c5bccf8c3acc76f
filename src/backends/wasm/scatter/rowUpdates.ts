/** Where along one axis updates go: their positions, the size of the axis, and how many rows lie between two positions. */
export type AxisPositions = {
  readonly positions: ArrayLike<number>
  readonly size: number
  readonly rows: number
}

/** The row of each update; −1 for one that is outside. */
export const writeRows = (rows: Int32Array, axes: readonly AxisPositions[]): void => {
  rows.fill(0)
  for (const { positions, size, rows: stride } of axes)
    for (let i = 0; i < rows.length; i++) {
      const at = positions[i]
      rows[i] = at < 0 || at >= size || rows[i] < 0 ? -1 : rows[i] + at * stride
    }
}

/**
 * Sorts updates by their rows, by counting, and so in order within each: those of row r are at `ends[r] … ends[r + 1] − 1` of
 * `places`, each as the bytes before it, so many an update. `ends` has two entries more than there are rows.
 */
export const sortByRow = (
  rows: Int32Array,
  ends: Int32Array,
  places: Int32Array,
  updateBytes: number,
): void => {
  ends.fill(0)
  for (let i = 0; i < rows.length; i++) if (rows[i] >= 0) ends[rows[i] + 2]++
  for (let r = 2; r < ends.length; r++) ends[r] += ends[r - 1]
  // ends[r + 1] is the start of row r, and becomes its end
  for (let i = 0; i < rows.length; i++) if (rows[i] >= 0) places[ends[rows[i] + 1]++] = i * updateBytes
}
