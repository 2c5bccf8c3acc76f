import { describe, expect, it } from 'vitest'
import { nn, random } from '../../../src/index.js'
import { mean, values } from '../moments.js'

const key = random.key(7)

describe('embedding', () => {
  it('starts standard normal, its row of padding at 0', () => {
    const { weight } = nn.embedding(50, 40, { paddingIndex: 3 }).init(key).params
    expect(values(weight.at(3).get()).every((v) => v === 0)).toBe(true)
    const others = values(weight).filter((_, i) => Math.floor(i / 40) !== 3)
    expect(Math.abs(mean(others.map((v) => v ** 2)) - 1)).toBeLessThan(5 * Math.sqrt(2 / others.length))
  })
})
