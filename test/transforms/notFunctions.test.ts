import { describe, expect, it } from 'vitest'
import {
  closureConvert,
  customJvp,
  customVjp,
  GradError,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jvp,
  linearize,
  linearTranspose,
  makeGraph,
  map,
  np,
  pureCallback,
  remat,
  ShapeError,
  scan,
  valueAndGrad,
  vjp,
  vmap,
} from '../../src/index.js'
import { associativeScan } from '../../src/lax.js'

/** As callers without types call them. */
const untyped: Readonly<Record<string, unknown>> = {
  associativeScan,
  closureConvert,
  customJvp,
  customVjp,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jvp,
  linearize,
  linearTranspose,
  makeGraph,
  map,
  pureCallback,
  remat,
  scan,
  valueAndGrad,
  vjp,
  vmap,
}

describe('what is no function', () => {
  it.each(Object.entries(untyped))('is refused by %s', (name, transform) => {
    const called = () => {
      const made = (transform as (f: unknown) => unknown)(3)
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
