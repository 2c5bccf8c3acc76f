import { describe, expect, it } from 'vitest'
import {
  closureConvert,
  customVjp,
  GradError,
  grad,
  jit,
  np,
  ShapeError,
  type Tensor,
  TreeMismatchError,
  vjp,
} from '../../src/index.js'
import { expectClose, mistyped, scalar, vector } from './doubles.js'

describe('closureConvert', () => {
  it('makes traced floats arguments, and leaves constants and integers closed over', () => {
    const constant = vector(1, 2)
    const seen: number[] = []
    const f = jit((w: Tensor, n: Tensor) => {
      const [converted, hoisted] = closureConvert(({ x }: { x: Tensor }) => x.mul(w).mul(constant).mul(n), {
        x: constant,
      })
      seen.push(hoisted.length)
      expect(hoisted[0]).toBe(w)
      return [converted({ x: constant }, w), converted({ x: constant }, w.mul(10))]
    })
    const [same, other] = f(scalar(3), np.array(2, { dtype: 'int32' }))
    expectClose(same, [6, 24])
    expectClose(other, [60, 240])
    expect(seen).toEqual([1])
    const [plain, none] = closureConvert((x: Tensor) => x.mul(constant), constant)
    expect(none).toEqual([])
    expectClose(plain(constant), [1, 4])
  })

  it('lets a reverse rule differentiate what the function closes over', () => {
    const twice = (f: (x: Tensor) => Tensor, x: Tensor): Tensor => {
      const [converted, hoisted] = closureConvert(f, x)
      const rule = customVjp(
        (y: Tensor, ...ws: Tensor[]) => converted(y, ...ws),
        (y, ...ws): [Tensor, Tensor[]] => [converted(y, ...ws), [y, ...ws]],
        ([y, ...ws], ct) => vjp(converted, y, ...ws)[1](ct.mul(2)) as [Tensor, ...Tensor[]],
      )
      return rule(x, ...hoisted)
    }
    const f = (w: Tensor, x: Tensor) => twice((y) => np.sin(y.mul(w)), x)
    expectClose(grad(f)(scalar(2), scalar(3)), [2 * 3 * Math.cos(6)])
    expectClose(grad(f, { argnums: 1 })(scalar(2), scalar(3)), [2 * 2 * Math.cos(6)])
  })

  it('checks the arguments of the converted function', () => {
    const [converted] = closureConvert(({ x }: { x: Tensor }) => x, { x: vector(1, 2) })
    expect(() => converted({ x: vector(1) })).toThrow(ShapeError)
    expect(() => converted(mistyped({ y: vector(1, 2) }))).toThrow(TreeMismatchError)
    expect(() => converted({ x: vector(1, 2) }, scalar(1))).toThrow(GradError)
  })
})
