import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import * as debug from '../../src/debug.js'
import { type Exported, exportProgram, importProgram } from '../../src/export.js'
import {
  cond,
  customJvp,
  customVjp,
  DTypeError,
  GradError,
  grad,
  graphKey,
  jit,
  jvp,
  linearize,
  np,
  pureCallback,
  ShapeError,
  scan,
  type Tensor,
  TreeMismatchError,
  tree,
  vmap,
} from '../../src/index.js'
import { mistyped } from '../transforms/doubles.js'
import { bitsOf } from './bits.js'

const reload = <A extends readonly unknown[], R>(program: Exported<A, R>): Exported<A, R> => {
  const loaded = importProgram<A, R>(program.toBytes())
  if (E.isLeft(loaded)) throw new Error(loaded.left.message)
  return loaded.right
}

describe('an exported program', () => {
  it('holds constants of every dtype, rank 0 and numbers that JSON has no form of', () => {
    const constants = [
      np.array([1.5, Number.NaN, -0, Infinity]),
      np.array([Math.PI, -0, 1e300], { dtype: 'float64' }),
      np.array([2 ** 31 - 1, -(2 ** 31)], { dtype: 'int32' }),
      np.array([2 ** 32 - 1, 1], { dtype: 'uint32' }),
      np.array([[true], [false]]),
      np.sin(np.array(1.5)),
      np.zeros([0, 3]).add(np.ones([1])),
    ]
    const literals = [-0, Number.NaN, Infinity, -Infinity].map((v) => np.full([2], v))
    const f = (x: Tensor) => ({
      outs: [...constants, ...literals].map((c) => (c.dtype === 'bool' ? c : c.add(0))),
      x,
    })
    const loaded = reload(exportProgram(f, np.array(1)))
    const [got, want] = [loaded.call(np.array(2)), f(np.array(2))]
    expect(got.outs.map(bitsOf)).toEqual(want.outs.map(bitsOf))
    expect(loaded.content.constants.length).toBe(constants.length)
  })

  it('has the structure of arguments and results: objects, lists, null, undefined, registered classes', () => {
    class Interval {
      constructor(
        readonly low: unknown,
        readonly high: unknown,
        readonly unit: string,
      ) {}
    }
    tree.registerNode(
      Interval,
      (i) => ({ children: [i.low, i.high], aux: i.unit }),
      ([low, high], unit) => new Interval(low, high, unit),
    )
    const f = (i: Interval, rest: { readonly 'a b': readonly [null, undefined, number] }) => ({
      wide: new Interval(np.add(i.low as Tensor, -1), np.add(i.high as Tensor, 1), i.unit),
      z: rest,
      __proto__: null,
      nothing: [],
    })
    const args = [new Interval(np.array(1), 2, 'm'), { 'a b': [null, undefined, 3] as const }] as const
    const out = reload(exportProgram(f, ...args)).call(...args)
    expect(out.wide).toBeInstanceOf(Interval)
    expect([out.wide.unit, (out.wide.low as Tensor).item(), (out.wide.high as Tensor).item()]).toEqual([
      'm',
      0,
      3,
    ])
    expect(Object.keys(out.z)).toEqual(['a b'])
    expect(out.z['a b'].slice(0, 2)).toEqual([null, undefined])
    expect(out.nothing).toEqual([])
  })

  it('is checked against the arguments: structure, shape and dtype, by name and place', () => {
    const { call } = reload(
      exportProgram(
        function step({ w }: { w: Tensor }, n: Tensor) {
          return w.sum().mul(n)
        },
        { w: np.zeros([2, 3]) },
        np.array(1, { dtype: 'int32' }),
      ),
    )
    const w = np.ones([2, 3])
    const n = np.array(2, { dtype: 'int32' })
    expect(call({ w }, n).item()).toBe(12)
    expect(call({ w }, mistyped(2)).item()).toBe(12)
    expect(() => call({ w: np.ones([3]) }, n)).toThrow(ShapeError)
    expect(() => call({ w: np.ones([3]) }, n)).toThrow(
      /program step: f32\[2,3\] is required as argument 0 at w, got f32\[3\]/,
    )
    expect(() => call({ w: w.astype('float64') }, n)).toThrow(DTypeError)
    expect(() => call({ w }, mistyped(1.5))).toThrow(DTypeError)
    expect(() => call(mistyped({ v: w }), n)).toThrow(TreeMismatchError)
    expect(() => call(mistyped([w]), n)).toThrow(TreeMismatchError)
    expect(() => mistyped<(x: unknown) => unknown>(call)({ w })).toThrow(TreeMismatchError)
  })

  it('keeps weak types, so that what is made of its results has the dtypes it had', () => {
    const loaded = reload(
      exportProgram<[number, Tensor], Tensor[], [Tensor, Tensor]>(
        (x, y) => [np.add(x, 0), y],
        1,
        np.array(1),
      ),
    )
    const [x, y] = loaded.call(np.array(2), mistyped(3))
    expect(x.mul(np.ones([], { dtype: 'float64' })).dtype).toBe('float64')
    expect([x.aval.weakType, y.aval.weakType]).toEqual([true, false])
  })

  it('bakes static arguments in, and leaves them out of the call', () => {
    const power = jit((kind: string, x: Tensor, n: number) => (kind === 'power' ? x.pow(n) : x), {
      staticArgs: [0, 2],
    })
    const program = exportProgram<[string, Tensor, number], Tensor, [Tensor]>(power, 'power', np.zeros([]), 3)
    expect(reload(program).call(np.array(2)).item()).toBe(8)
  })

  it('is one operation to jit, grad, vmap and jvp, and to a further export', () => {
    const w = np.array([1, 2])
    const { call } = reload(
      exportProgram(
        function energy(x: Tensor) {
          return np.sin(x).mul(w).sum()
        },
        np.zeros([2]),
      ),
    )
    const x = np.array([0.5, 1])
    expect(jit(call)(x).item()).toBeCloseTo(Math.sin(0.5) + 2 * Math.sin(1), 6)
    const gradient = grad(call)(x).toArray() as number[]
    expect(gradient[1]).toBeCloseTo(2 * Math.cos(1), 6)
    expect(jit(grad((y: Tensor) => call(y.mul(2))))(x).shape).toEqual([2])
    expect(vmap(call)(np.ones([3, 2])).shape).toEqual([3])
    expect(vmap(grad(call))(np.ones([3, 2])).shape).toEqual([3, 2])
    expect(jvp(call, [x], [np.ones([2])])[1].item()).toBeCloseTo(Math.cos(0.5) + 2 * Math.cos(1), 6)
    const twice = reload(exportProgram((y: Tensor) => call(y).add(call(y.mul(2))), x))
    expect(twice.call(x).item()).toBe(
      call(x)
        .add(call(x.mul(2)))
        .item(),
    )
  })

  it('loses custom rules: its derivative is that of the operations', () => {
    const loud = customJvp(
      (x: Tensor) => x.mul(x),
      ([x], [dx]) => [x.mul(x), dx.mul(x).mul(200)],
    )
    const quiet = customVjp(
      (x: Tensor) => x.mul(3),
      (x): [Tensor, null] => [x.mul(3), null],
      (_, ct): [Tensor] => [ct.mul(1000)],
    )
    const inLoop = (x: Tensor) =>
      scan((c: Tensor, _: null) => [loud(quiet(c)), null], x, null, { length: 1 })[0]
    const inBranch = (x: Tensor) => cond(x.greater(0), jit(inLoop), inLoop, x)
    const { call } = reload(exportProgram(inBranch, np.array(1)))
    expect(call(np.array(2)).item()).toBe(36)
    expect(grad(call)(np.array(2)).item()).toBe(36)
  })

  it('refuses what still holds functions of the user’s, and constants of a trace', () => {
    const f = customVjp(
      function halfKnown(x: Tensor) {
        return x.mul(3)
      },
      (x): [Tensor, null] => [x.mul(3), null],
      (_, ct): [Tensor] => [ct],
    )
    const push = (x: Tensor, dx: Tensor) => linearize(f, x)[1](dx)
    expect(() => exportProgram(push, np.array(1), np.array(1))).toThrow(GradError)
    expect(() => exportProgram(jit(push), np.array(1), np.array(1))).toThrow(/customVjpLinear.*halfKnown/)
    const told = jit((x: Tensor) => {
      debug.callback(function listen(_: Tensor) {}, x)
      return x.mul(2)
    })
    expect(() => exportProgram(told, np.array(1))).toThrow(GradError)
    expect(() => exportProgram(told, np.array(1))).toThrow(/got debugCallback of .*listen/)
    const asked = (x: Tensor) =>
      scan((c: Tensor, _: null): [Tensor, null] => [pureCallback((y: Tensor) => y, c, c), null], x, null, {
        length: 2,
      })[0]
    expect(() => exportProgram(asked, np.array(1))).toThrow(/got pureCallback/)
    const within = (x: Tensor) => exportProgram((y: Tensor) => y.mul(x), np.array(1)).call(np.array(1))
    expect(() => grad(within)(np.array(1))).toThrow(/exportProgram.*f32.*trace/)
    const outside = (x: Tensor) => exportProgram((y: Tensor) => y.mul(2), x).call(x)
    expect(grad(outside)(np.array(1)).item()).toBe(2)
  })

  it('gives equal bytes for equal programs, and its own bytes again', () => {
    const make = () => exportProgram((x: Tensor) => np.sin(x).mul(np.array([1, 2])), np.zeros([2]))
    expect(make().toBytes()).toEqual(make().toBytes())
    const program = make()
    expect(reload(program).toBytes()).toEqual(program.toBytes())
    expect(graphKey(reload(program).content.graph)).toBe(graphKey(program.content.graph))
    expect(String(reload(program))).toMatch(/lambda a:f32\[2\] b:f32\[2\] \./)
  })
})
