import { describe, expect, it } from 'vitest'
import { grad, nn, type Tensor } from '../../../src/index.js'
import { f64, plain } from '../../ops/doubles.js'

describe('huber', () => {
  it('has a bounded derivative, of infinite errors too', () => {
    const slope = grad((x: Tensor) => nn.huber(x, 0, { delta: 2 }).sum())
    expect(plain(slope(f64([-Infinity, -3, -2, -0.5, 0, 1, 2, 5, 1e308])))).toEqual([
      -2, -2, -2, -0.5, 0, 1, 2, 2, 2,
    ])
    expect(plain(grad((x: Tensor) => slope(x).sum())(f64([0, 1, 5])))).toEqual([1, 1, 0])
  })
})
