const lanes = 8
const blockSize = 128

const block = (values: readonly number[], from: number, count: number): number => {
  if (count < lanes) {
    let sum = 0
    for (let i = 0; i < count; i++) sum += values[from + i]
    return sum
  }
  const r = values.slice(from, from + lanes)
  let i = lanes
  for (; i + lanes <= count; i += lanes)
    for (let lane = 0; lane < lanes; lane++) r[lane] += values[from + i + lane]
  let sum = r[0] + r[1] + (r[2] + r[3]) + (r[4] + r[5] + (r[6] + r[7]))
  for (; i < count; i++) sum += values[from + i]
  return sum
}

const halves = (values: readonly number[], from: number, count: number): number => {
  if (count <= blockSize) return block(values, from, count)
  const half = Math.floor(count / 2)
  const left = half - (half % lanes)
  return halves(values, from, left) + halves(values, from + left, count - left)
}

/**
 * Σ values in the order in which NumPy adds a row of doubles. An average that is printed with two digits can be a tie,
 * and then the last bit of the sum decides how it is rounded.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.sum.html ("Notes": pairwise summation)
 */
export const pairwiseSum = (values: readonly number[]): number => halves(values, 0, values.length)
