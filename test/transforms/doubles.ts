import { expect } from 'vitest'
import { np, type Tensor } from '../../src/index.js'

/** A float64 vector. */
export const vector = (...xs: readonly number[]): Tensor => np.array([...xs], { dtype: 'float64' })

/** A float64 scalar. */
export const scalar = (x: number): Tensor => vector(x).reshape([])

/** Elements in row-major order are these, to ten decimals; the shape is too, where it is given. */
export const expectClose = (got: Tensor, want: readonly number[], shape?: readonly number[]): void => {
  const values = [...got.dataSync()]
  expect(values.length).toBe(want.length)
  values.forEach((v, i) => {
    expect(v, `element ${i} of ${values.join(', ')}`).toBeCloseTo(want[i], 10)
  })
  if (shape !== undefined) expect(got.shape).toEqual(shape)
}

/** A value passed off as another type, as callers without a type checker do. */
export const mistyped = <T>(x: unknown): T => x as T
