import { expect, it } from 'vitest'
import { ConcretizationError, grad, jit, np, ShapeError, type Tensor } from '../../src/index.js'

const x = np.array([
  [1, -2],
  [-3, 4],
])

it('a mask writes where it holds, traced or not', () => {
  const f = (y: Tensor) => y.at(y.less(0)).set(0)
  for (const g of [f, jit(f)])
    expect(g(x).toArray()).toEqual([
      [1, 0],
      [0, 4],
    ])
  expect(grad((y: Tensor) => f(y).sum())(x).toArray()).toEqual([
    [1, 0],
    [0, 1],
  ])
  expect(x.at(x.less(0)).add(10).toArray()).toEqual([
    [1, 8],
    [7, 4],
  ])
  expect(
    x
      .at(np.array([false, true]))
      .set(np.array([8, 9]))
      .toArray(),
  ).toEqual([
    [1, -2],
    [8, 9],
  ])
})

it('a mask reads where it holds, if its values are known', () => {
  expect(x.get(x.less(0)).toArray()).toEqual([-2, -3])
  expect(x.get(np.array([false, true])).toArray()).toEqual([[-3, 4]])
  expect(x.get(x.greater(9)).shape).toEqual([0])
  expect(x.at(x.less(0)).get().toArray()).toEqual([-2, -3])
  expect(grad((y: Tensor) => y.get(x.less(0)).sum())(x).toArray()).toEqual([
    [0, 1],
    [1, 0],
  ])
  expect(() => jit((y: Tensor) => y.get(y.less(0)))(x)).toThrow(ConcretizationError)
})

it('what does not fit is refused', () => {
  expect(() => x.get(np.array([true, false, true]))).toThrow(ShapeError)
  expect(() => x.at(x.less(0)).set(np.array([1, 2]))).toThrow(/np\.where/)
})
