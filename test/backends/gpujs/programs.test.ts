import { expect, it } from 'vitest'
import { programsAgree } from '../devicePrograms.js'
import { describeOnGl, headless } from './gl.js'

/** Programs of some ten operations; each compiles dozens of kernels. */
const count = 20

describeOnGl('random programs on headless GL', () => {
  it('and their gradients give what they give on the reference', async () => {
    expect(await programsAgree(headless, count, 0)).toBeGreaterThan(count)
  }, 180_000)
})
