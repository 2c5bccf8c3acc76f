import { expect, it } from 'vitest'
import { ConcretizationError, grad, jit, np, ShapeError, type Tensor } from '../../../src/index.js'

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

it('a mask takes a value for each place where it holds, in row-major order', () => {
  const below = x.less(0)
  expect(
    x
      .at(below)
      .set(np.array([8, 9]))
      .toArray(),
  ).toEqual([
    [1, 8],
    [9, 4],
  ])
  expect(
    x
      .at(below)
      .add(new Int32Array([8, 9]))
      .toArray(),
  ).toEqual([
    [1, 6],
    [6, 4],
  ])
  const rows = np.array([true, true])
  expect(
    x
      .at(rows)
      .mul(np.array([[1], [3]]))
      .toArray(),
  ).toEqual([
    [1, -2],
    [-9, 12],
  ])
  expect(
    x
      .at(x.greater(9))
      .set(np.zeros([0]))
      .toArray(),
  ).toEqual(x.toArray())
  const loss = (v: Tensor, y: Tensor) =>
    y
      .at(below)
      .set(v)
      .mul(np.array([[1, 2], [3, 4]])) // biome-ignore format: a matrix
      .sum()
  expect(grad(loss, { argnums: [0, 1] })(np.array([8, 9]), x).map((g) => g.toArray())).toEqual([
    [2, 3],
    [
      [1, 0],
      [0, 4],
    ],
  ])
  expect(jit((y: Tensor) => y.at(below).set(np.array([8, 9])))(x).toArray()).toEqual([
    [1, 8],
    [9, 4],
  ])
  expect(() => jit((y: Tensor) => y.at(y.less(0)).set(np.array([8, 9])))(x)).toThrow(
    /at\.set: a mask whose values are known is required, got a traced bool\[2,2\].*np\.where/,
  )
})

it('a mask beside other indices is the places where it holds, as in NumPy', () => {
  const y = np.arange(24).reshape(2, 3, 4)
  const [first, both] = [np.array([true, false]), np.array([true, true])]
  expect(x.get(both, 0).toArray()).toEqual([1, -3])
  expect(y.get(both, [1, 2]).toArray()).toEqual([
    [4, 5, 6, 7],
    [20, 21, 22, 23],
  ])
  expect(y.get(first, ':', [0, 1]).toArray()).toEqual([
    [0, 4, 8],
    [1, 5, 9],
  ])
  expect(y.get(y.get(':', ':', 0).greater(4), 1).toArray()).toEqual([9, 13, 17, 21])
  expect(y.get(0, y.get(0).greater(4)).toArray()).toEqual([5, 6, 7, 8, 9, 10, 11])
  expect(y.get('...', [true, false, true, false]).shape).toEqual([2, 3, 2])
  expect(y.get(null, first).shape).toEqual([1, 1, 3, 4])
  expect(y.get([false, false], 0).shape).toEqual([0, 4])
  expect(
    x
      .at(':', [false, true])
      .set(np.array([[5], [6]]))
      .toArray(),
  ).toEqual([
    [1, 5],
    [-3, 6],
  ])
  expect(() => jit((z: Tensor) => z.get(z.get(0).less(0), 0))(x)).toThrow(ConcretizationError)
})

it('what does not fit is refused', () => {
  expect(() => x.get(np.array([true, false, true]))).toThrow(
    'get: a mask of shape [2], over f32[2,2] from axis 0 on, is required, got bool[3]',
  )
  expect(() => x.get(0, np.array([true]))).toThrow(ShapeError)
  expect(() => x.get({ from: 1 } as never)).toThrow(
    'get: options among start, stop, step are required, got from.',
  )
  expect(() => x.at(x.less(0)).set(np.array([1, 2, 3]))).toThrow(ShapeError)
})
