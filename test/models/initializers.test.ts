import { describe, expect, it } from 'vitest'
import { nn, random, ShapeError } from '../../src/index.js'
import { mean, values, variance } from './moments.js'

describe('initialisers', () => {
  const shape = [60, 20, 3, 2] // fanIn 120, fanOut 360
  it.each([
    ['torchUniform', nn.torchUniform, 1 / 3 / 120],
    ['glorotUniform', nn.glorotUniform, 2 / 480],
    ['glorotNormal', nn.glorotNormal, 2 / 480],
    ['heUniform', nn.heUniform, 2 / 120],
    ['heNormal', nn.heNormal, 2 / 120],
    ['lecunUniform', nn.lecunUniform, 1 / 120],
    ['lecunNormal', nn.lecunNormal, 1 / 120],
  ] as const)('%s has mean 0 and its variance', (_, initializer, expected) => {
    const x = values(initializer(random.key(1), shape))
    expect(x.length).toBe(7200)
    expect(Math.abs(mean(x))).toBeLessThan(5 * Math.sqrt(expected / x.length))
    expect(Math.abs(variance(x) / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / x.length))
  })

  it('need two axes', () => {
    expect(() => nn.heNormal(random.key(1), [3])).toThrow(ShapeError)
  })
})
