import { expect, it } from 'vitest'
import { durationText } from '../../src/page/durationText.js'

it.each([
  [0, '0.0 s'],
  [9.44, '9.4 s'],
  [59.94, '59.9 s'],
  [59.96, '1 min 0 s'],
  [200, '3 min 20 s'],
  [3599.7, '1 h 0 min'],
  [7500, '2 h 5 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text)
})
