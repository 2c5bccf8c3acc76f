import { expect, it } from 'vitest'
import { np } from '../../src/index.js'
import { matchers, type TensorMatchers } from '../../src/testing.js'

declare module 'vitest' {
  interface Matchers<T> extends TensorMatchers<T> {}
}

expect.extend(matchers)

const message = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing was thrown'
}

it('equal tensors are equal, and others say where they differ', () => {
  expect(np.array([1, Number.NaN])).toEqualTensor(np.array([1, Number.NaN]))
  expect(np.array([0])).not.toEqualTensor(np.array([-0]))
  expect(np.array([[1, 2]])).toEqualTensor([[1, 2]])
  expect(
    message(() =>
      expect(
        np.array([
          [1, 2],
          [3, 4],
        ]),
      ).toEqualTensor([
        [1, 2],
        [5, 4.5],
      ]),
    ),
  ).toBe(
    'equal tensors are required:\n  2 of 4 elements differ: first 3 instead of 5 at [1, 0], most 3 instead of 5 at [1, 0] (2.00, relative 0.400)',
  )
})

it('shapes and dtypes have to be the same', () => {
  expect(message(() => expect(np.zeros([2])).toBeCloseToTensor(np.zeros([2, 1])))).toContain(
    'f32[2,1] is required, got f32[2]',
  )
  expect(np.array([1])).not.toBeCloseToTensor(np.array([1], { dtype: 'float64' }))
})

it('close ones are within rtol of the expected magnitude and atol', () => {
  const x = np.array([100, 1])
  expect(x).toBeCloseToTensor([100.0005, 1])
  expect(x).not.toBeCloseToTensor([100.01, 1])
  expect(x).toBeCloseToTensor([100.01, 1], { rtol: 1e-3 })
  expect(x).toBeCloseToTensor([100.4, 0.6], { rtol: 0, atol: 0.5 })
  expect(np.array([Number.NaN])).toBeCloseToTensor([Number.NaN])
  expect(np.array([Number.NaN])).not.toBeCloseToTensor([Number.NaN], { equalNan: false })
  expect(np.array([1])).not.toBeCloseToTensor([Number.POSITIVE_INFINITY])
})

it('trees are compared leaf by leaf', () => {
  const tree = { a: np.array([1]), b: [np.array([2]), 3] }
  expect(tree).toEqualTensor({ a: np.array([1]), b: [np.array([2]), 3] })
  expect(message(() => expect(tree).toEqualTensor({ a: np.array([1]), b: [np.array([4]), 5] }))).toMatch(
    /b\.0: 1 of 1 elements differ.*\n {2}b\.1: 5 is required, got 3/,
  )
  expect(message(() => expect(tree).toEqualTensor({ a: np.array([1]) }))).toContain(
    'b.0 is there, and not expected',
  )
})

it('a misspelt tolerance is refused', () => {
  const wrong = { rtoll: 1 } as object
  expect(() => expect(np.array([1])).toBeCloseToTensor([2], wrong)).toThrow(/Did you mean rtol/)
})
