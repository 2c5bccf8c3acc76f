import type { Tensor } from '../../src/index.js'

/** Elements, and moments of them, for tests of what layers draw. */
export const values = (t: Tensor): readonly number[] => Array.from(t.dataSync())

export const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length

export const variance = (xs: readonly number[]): number => {
  const m = mean(xs)
  return mean(xs.map((x) => (x - m) ** 2))
}
