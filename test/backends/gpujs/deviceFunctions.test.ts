import { describe, expect, it } from 'vitest'
import { floatOps } from '../../../src/backends/gpujs/natives.js'
import { callOf } from '../../../src/backends/gpujs/scalar/functions.js'
import type { ScalarOp } from '../../../src/ir/expr.js'
import { scalarFunctions } from '../../../src/ir/scalarFunctions.js'

const written = (Object.keys(scalarFunctions) as ScalarOp[]).filter((fn) => floatOps.has(fn))

// kernels are placed by the functions that GLSL has, and so run on either
describe('functions of kernels in GLSL', () => {
  it('are most of the table', () => {
    expect(written.length).toBeGreaterThan(40)
  })

  it.each(written)('%s is written in the scalar language too', (fn) => {
    expect(callOf(fn, false, ['a', 'b', 'c'])).not.toBeNull()
  })
})
