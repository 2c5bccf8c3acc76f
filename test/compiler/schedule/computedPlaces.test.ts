import { afterAll, describe, expect, it } from 'vitest'
import { jit, np, setDefaultBackend, type Tensor } from '../../../src/index.js'

/** As many places as an axis can have: 8 GiB, if they were stored. */
const most = 2 ** 31 - 1
const places = (...at: readonly number[]): Tensor => np.array([...at], { dtype: 'int32' })

describe.each(['wasm', 'reference'])('on %s, an array that is only counted', (backend) => {
  afterAll(() => setDefaultBackend('wasm'))

  it('is read at computed places without being stored', () => {
    const at = jit((i: Tensor | number) => np.arange(most).get(i), { backend })
    expect(at(5).item()).toBe(5)
    expect(at(-1).item()).toBe(most - 1)
    expect(at(places(3, most - 1, 0)).toArray()).toEqual([3, most - 1, 0])
    const window = jit((i: Tensor) => np.take(np.arange(most).sub(1), i, 0, { mode: 'clip' }), { backend })
    expect(window(places(-7, 7, most - 1)).toArray()).toEqual([most - 8, 6, most - 2])
    const wide = jit((i: number) => np.broadcastTo(np.arange(most), [3, most]).get(1, i), { backend })
    expect(wide(9).item()).toBe(9)
  })

  it('is so outside of jit too', () => {
    setDefaultBackend(backend)
    expect(np.arange(most).get(5).item()).toBe(5)
    expect(
      np
        .arange(most)
        .get(places(5, most - 1))
        .toArray(),
    ).toEqual([5, most - 1])
  })

  it('gives on all axes what the stored array gives', () => {
    const grid = () =>
      np
        .broadcastTo(np.arange(4), [5, 4])
        .T.mul(10)
        .add(np.broadcastTo(np.arange(5), [4, 5]))
    const stored = np.array([0, 10, 20, 30].map((ten) => [0, 1, 2, 3, 4].map((one) => ten + one)))
    const rows = places(3, 0, 9)
    const columns = places(-2, 4, 1)
    const read = (x: Tensor, i: Tensor, j: Tensor): readonly Tensor[] => [
      np.take(x, i, 0, { mode: 'clip' }),
      np.take(x, j, 1, { mode: 'clip' }),
      np.take(x.T, i, 1, { mode: 'clip' }),
      x.get(i.clip(0, 3), j.clip(0, 4)),
    ]
    const counted = jit((i: Tensor, j: Tensor) => read(grid(), i, j), { backend })(rows, columns)
    expect(counted.map((t) => t.toArray())).toEqual(read(stored, rows, columns).map((t) => t.toArray()))
  })
})
