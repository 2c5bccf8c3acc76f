import { describe, expect, it } from 'vitest'
import * as core from '../../src/index.js'
import * as lax from '../../src/lax.js'

const { GradError, np, ShapeError } = core

/** As callers without types call them. */
const untyped: Readonly<Record<string, unknown>> = { ...core, associativeScan: lax.associativeScan }
const transforms =
  'associativeScan closureConvert customJvp customVjp grad hessian jacfwd jacrev jit jvp linearize linearTranspose makeGraph map pureCallback remat scan valueAndGrad vjp vmap'

describe('what is no function', () => {
  it.each(transforms.split(' '))('is refused by %s', (name) => {
    const called = () => {
      const made = (untyped[name] as (f: unknown) => unknown)(3)
      if (typeof made === 'function') made(1)
    }
    expect(called).toThrow(GradError)
    expect(called).toThrow(/: a function is required, got 3\./)
    // hessian is a composition
    expect(called).toThrow(name === 'hessian' ? /^jac/ : name)
  })
})

describe('operands in the wrong place', () => {
  it('subscripts of einsum that are a tensor, and pad without widths', () => {
    const x = np.ones([2, 2])
    expect(() => np.einsum(x as never, x)).toThrow(ShapeError)
    expect(() => np.einsum(x as never, x)).toThrow(/einsum: subscripts are required first/)
    expect(() => np.pad(x, undefined as never)).toThrow(/pad: a whole width.* got undefined/)
  })
})
