import { np, type Tensor } from '../../src/index.js'

/** A float64 tensor. */
export const f64 = (values: number | readonly number[] | readonly (readonly number[])[]): Tensor =>
  np.array(values, { dtype: 'float64' })

/** The elements as numbers, with −0 as 0, so that expectations need not name its sign. */
export const plain = (x: Tensor): readonly number[] => Array.from(x.dataSync(), (v) => v + 0)
