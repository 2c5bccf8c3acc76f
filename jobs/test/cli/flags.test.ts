import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { commandText } from '../../src/cli/flags.js'

it('is what a shell takes for the same words', () => {
  expect(commandText(['train', 'mnist-cnn', '--lr', '0.1'])).toBe('grad-ts train mnist-cnn --lr 0.1')
  const word = fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '$', '\\', '*', '\n', '!', 'é') })
  fc.assert(
    fc.property(fc.array(word, { maxLength: 3 }), (words) => {
      const printed = execFileSync('/bin/sh', [
        '-c',
        `grad() { printf '%s\\0' "$@"; }; ${commandText(words).replace('grad-ts', 'grad')}`,
      ])
      expect(printed.toString().split('\0').slice(0, -1)).toEqual(words.length === 0 ? [''] : words)
    }),
    { numRuns: 30 },
  )
})
