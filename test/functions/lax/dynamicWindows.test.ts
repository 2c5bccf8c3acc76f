import { expect, it } from 'vitest'
import { grad, jit, np, type Tensor, vmap } from '../../../src/index.js'
import * as lax from '../../../src/lax.js'

const int32 = (values: number | readonly number[]) => np.array(values, { dtype: 'int32' })
const x = np.arange(6)

it('starts below 0 count from the end, known or traced', () => {
  const wanted: readonly (readonly [start: number, window: readonly number[]])[] = [
    [-4, [2, 3]],
    [-1, [4, 5]],
    [-6, [0, 1]],
    [-9, [0, 1]],
    [0, [0, 1]],
    [5, [4, 5]],
  ]
  const read = (start: Tensor) => lax.dynamicSlice(x, [start], [2])
  const write = (start: Tensor) => lax.dynamicUpdateSlice(x, int32([7, 7]), [start])
  for (const [start, window] of wanted) {
    expect(lax.dynamicSlice(x, [start], [2]).toArray()).toEqual(window)
    expect(jit(read)(int32(start)).toArray()).toEqual(window)
    expect(vmap(read)(int32([start])).toArray()).toEqual([window])
    const written = [0, 1, 2, 3, 4, 5].map((i) => (window.includes(i) ? 7 : i))
    expect(lax.dynamicUpdateSlice(x, int32([7, 7]), [start]).toArray()).toEqual(written)
    expect(jit(write)(int32(start)).toArray()).toEqual(written)
  }
})

it('so do those of each axis, and the derivative goes there', () => {
  const table = np.arange(12).reshape([3, 4]).astype('float32')
  const f = (y: Tensor, start: Tensor) => lax.dynamicSlice(y, [start, 1], [1, 2]).sum()
  expect(jit(grad(f))(table, int32(-1)).toArray()).toEqual([
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [0, 1, 1, 0],
  ])
})
