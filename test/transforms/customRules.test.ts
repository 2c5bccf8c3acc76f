import { describe, expect, it } from 'vitest'
import { checkGraph } from '../../src/debug.js'
import { evalGraph } from '../../src/graph/evaluate.js'
import {
  customJvp,
  customVjp,
  GradError,
  grad,
  jacrev,
  jit,
  jvp,
  makeGraph,
  np,
  ShapeError,
  type Tensor,
  TreeMismatchError,
  valueAndGrad,
  vmap,
} from '../../src/index.js'
import { isFloat } from '../../src/ir/dtype.js'
import { derive } from '../../src/transforms/derive.js'
import { expectClose, mistyped, scalar, vector } from './doubles.js'

const { sin, cos } = np

/** sin with a derivative of 100·cos, so that it is seen which rule ran. */
const loudSine = customJvp(
  (x: Tensor) => sin(x),
  ([x], [dx]) => [sin(x), cos(x).mul(dx).mul(100)],
)

/** x·y with a reverse rule of (100·ct, 1000·ct). */
const loudProduct = customVjp(
  (x: Tensor, y: Tensor) => x.mul(y),
  (x, y): [Tensor, null] => [x.mul(y), null],
  (_none, ct) => [ct.mul(100), ct.mul(1000)],
)

describe('customJvp', () => {
  it('the value is the function’s, the derivative the rule’s, in both modes and under jit and vmap', () => {
    expectClose(loudSine(scalar(0.5)), [Math.sin(0.5)])
    const want = (x: number) => 100 * Math.cos(x)
    expectClose(grad(loudSine)(scalar(0.5)), [want(0.5)])
    expectClose(jvp(loudSine, [scalar(0.5)], [scalar(2)])[1], [2 * want(0.5)])
    expectClose(grad(jit(loudSine))(scalar(0.5)), [want(0.5)])
    expectClose(jit(grad(loudSine))(scalar(0.5)), [want(0.5)])
    expectClose(vmap(grad(loudSine))(vector(0.5, 1)), [want(0.5), want(1)])
    expectClose(grad((x: Tensor) => vmap(loudSine)(x).sum())(vector(0.5, 1)), [want(0.5), want(1)])
    expectClose(jit(vmap(jit(grad(jit(loudSine)))))(vector(0.5, 1)), [want(0.5), want(1)])
  })

  it('the rule is differentiated for the second derivative', () => {
    expectClose(grad(grad(loudSine))(scalar(0.5)), [-100 * Math.sin(0.5)])
    expectClose(jvp(grad(loudSine), [scalar(0.5)], [scalar(1)])[1], [-100 * Math.sin(0.5)])
  })

  it('takes and gives trees; what has no tangent comes as zeros', () => {
    type P = { readonly a: Tensor; readonly b: Tensor }
    const f = customJvp(
      ({ a, b }: P) => ({ sum: a.add(b), product: a.mul(b) }),
      ([{ a, b }], [{ a: da, b: db }]) => [
        { sum: a.add(b), product: a.mul(b) },
        { sum: da.add(db).mul(10), product: da.mul(b).add(a.mul(db)).mul(10) },
      ],
    )
    const g = (b: Tensor) => {
      const { sum, product } = f({ a: scalar(3), b })
      return sum.add(product)
    }
    expectClose(grad(g)(scalar(5)), [10 + 30])
  })

  it('a mapped and an unmapped argument', () => {
    const f = customJvp(
      (x: Tensor, y: Tensor) => x.mul(y),
      ([x, y], [dx, dy]) => [x.mul(y), dx.mul(y).add(x.mul(dy)).mul(10)],
    )
    const total = (x: Tensor, y: Tensor) => vmap(f, [0, null])(x, y).sum()
    const [dx, dy] = grad(total, { argnums: [0, 1] })(vector(1, 2), scalar(3))
    expectClose(dx, [30, 30])
    expectClose(dy, [30], [])
  })

  it('the rule may itself use jit and jvp', () => {
    const plain = jit((x: Tensor) => sin(x))
    const same = customJvp(
      (x: Tensor) => plain(x),
      ([x], [dx]) => jvp(plain, [x], [dx]),
    )
    const dual = customJvp(
      (x: Tensor) => sin(x),
      ([x], [dx]) => jit((y: Tensor, dy: Tensor): [Tensor, Tensor] => [sin(y), cos(y).mul(dy)])(x, dx),
    )
    for (const f of [same, dual]) {
      const [value, slope] = valueAndGrad(f)(scalar(1))
      expectClose(value, [Math.sin(1)])
      expectClose(slope, [Math.cos(1)])
      expectClose(jit(grad(jit((x: Tensor) => sin(f(x)))))(scalar(1)), [Math.cos(Math.sin(1)) * Math.cos(1)])
      expectClose(grad(jit((x: Tensor) => sin(f(x))))(scalar(1)), [Math.cos(Math.sin(1)) * Math.cos(1)])
      expectClose(grad((x: Tensor) => sin(f(x)))(scalar(1)), [Math.cos(Math.sin(1)) * Math.cos(1)])
    }
  })

  it('may close over values, but not over one that is being differentiated', () => {
    const scaled = (s: Tensor) =>
      customJvp(
        (x: Tensor) => x.mul(s),
        ([x], [dx]) => [x.mul(s), dx.mul(s).mul(10)],
      )
    expectClose(grad(scaled(scalar(3)))(scalar(2)), [30])
    expectClose(vmap((s: Tensor) => grad(scaled(s))(scalar(2)))(vector(1, 2)), [10, 20])
    expect(() => grad((s: Tensor) => scaled(s)(scalar(2)))(scalar(3))).toThrow(GradError)
    expect(() => grad((s: Tensor) => scaled(s)(scalar(2)))(scalar(3))).toThrow(/must be arguments/)
  })

  it('a rule whose results do not fit is refused', () => {
    const f = (x: Tensor) => x.mul(2)
    const wrongShape = customJvp(f, ([x], [dx]) => [f(x), dx.sum()])
    expect(() => grad((x: Tensor) => wrongShape(x).sum())(vector(1, 2))).toThrow(ShapeError)
    const wrongTree = customJvp(f, ([x], [dx]) => [f(x), mistyped<Tensor>([dx])])
    expect(() => grad(wrongTree)(scalar(1))).toThrow(TreeMismatchError)
    const noPair = customJvp(f, ([x]) => mistyped<[Tensor, Tensor]>(f(x)))
    expect(() => grad(noPair)(scalar(1))).toThrow(/pair/)
  })
})

describe('customVjp', () => {
  it('the value is the function’s, the gradient the rule’s, under jit and vmap too', () => {
    const both = { argnums: [0, 1] } as const
    expectClose(loudProduct(scalar(3), scalar(4)), [12])
    const plain = grad(loudProduct, both)(scalar(3), scalar(4))
    expectClose(plain[0], [100])
    expectClose(plain[1], [1000])
    const jitted = jit(grad(jit(loudProduct), both))(scalar(3), scalar(4))
    expectClose(jitted[1], [1000])
    const mapped = vmap(grad(loudProduct, both), [0, null])(vector(1, 2), scalar(4))
    expectClose(mapped[0], [100, 100])
    expectClose(mapped[1], [1000, 1000])
    // an unmapped argument gets the sum over the batch
    const total = (x: Tensor, y: Tensor) => vmap(loudProduct, [0, null])(x, y).sum()
    const summed = grad(total, both)(vector(1, 2), scalar(4))
    expectClose(summed[0], [100, 100])
    expectClose(summed[1], [2000], [])
    const throughJit = grad(
      (x: Tensor, y: Tensor) => jit(vmap(jit(loudProduct), [0, null]))(x, y).sum(),
      both,
    )
    expectClose(throughJit(vector(1, 2), scalar(4))[1], [2000], [])
  })

  it('residuals reach the backward rule, mapped ones by slice', () => {
    const f = customVjp(
      (x: Tensor) => sin(x),
      (x): [Tensor, { readonly x: Tensor; readonly y: Tensor }] => [sin(x), { x, y: sin(x) }],
      ({ x, y }, ct) => [ct.mul(x).add(y)],
    )
    const want = (x: number) => x + Math.sin(x)
    expectClose(grad(f)(scalar(2)), [want(2)])
    expectClose(vmap(grad(f))(vector(2, 3)), [want(2), want(3)])
    expectClose(grad((x: Tensor) => vmap(vmap(f))(x.reshape([2, 1])).sum())(vector(2, 3)), [want(2), want(3)])
    expectClose(jacrev(f)(scalar(2)), [want(2)])
  })

  it('the backward rule is differentiated for the second derivative', () => {
    const f = customVjp(
      (x: Tensor) => sin(x),
      (x): [Tensor, Tensor] => [sin(x), x],
      (x, ct) => [ct.mul(x.mul(x).mul(x))],
    )
    expectClose(grad(grad(f))(scalar(2)), [12])
    expectClose(jvp(grad(f), [scalar(2)], [scalar(1)])[1], [12])
  })

  it('integer arguments get zeros; structures of arguments and gradients are the same', () => {
    const f = customVjp(
      (p: { readonly x: Tensor; readonly n: Tensor }) => p.x.mul(p.n),
      (p): [Tensor, Tensor] => [p.x.mul(p.n), p.n],
      (n, ct) => [{ x: ct.mul(n), n }] as const,
    )
    const n = np.array(3, { dtype: 'int32' })
    expectClose(grad((x: Tensor) => f({ x, n }))(scalar(2)), [3])
    const none = customVjp(
      (p: { readonly x: Tensor; readonly n: Tensor }, k: Tensor, y: Tensor) => p.x.mul(p.n).mul(k).mul(y),
      (p, k, y): [Tensor, Tensor] => [p.x.mul(p.n).mul(k).mul(y), y],
      (y, ct) => [null, null, ct.mul(y)],
    )
    const both = (x: Tensor, y: Tensor) => none({ x, n }, n, y)
    expectClose(grad(both, { argnums: 1 })(scalar(2), scalar(5)), [5])
    expectClose(grad(both)(scalar(2), scalar(5)), [0])
    const inside = customVjp(
      (p: { readonly x: Tensor; readonly n: Tensor }) => p.x.mul(p.n),
      (p): [Tensor, Tensor] => [p.x.mul(p.n), p.n],
      (m, ct) => mistyped<[{ x: Tensor; n: Tensor }]>([{ x: ct.mul(m), n: null }]),
    )
    expectClose(vmap(grad((x: Tensor) => inside({ x, n })))(vector(1, 2)), [3, 3])
    const missing = customVjp(
      (p: { readonly x: Tensor; readonly y: Tensor }) => p.x.mul(p.y),
      (p): [Tensor, null] => [p.x.mul(p.y), null],
      (_none, ct) => mistyped<[{ x: Tensor; y: Tensor }]>([{ x: ct }]),
    )
    expect(() => grad((x: Tensor) => missing({ x, y: x }))(scalar(1))).toThrow(TreeMismatchError)
    const wrongShape = customVjp(
      (x: Tensor) => x.sum(),
      (x): [Tensor, null] => [x.sum(), null],
      (_none, ct) => [ct],
    )
    expect(() => grad(wrongShape)(vector(1, 2))).toThrow(ShapeError)
  })

  it('forward mode, and closing over what is differentiated, are refused by name', () => {
    const f = customVjp(
      function halved(x: Tensor) {
        return x.mul(0.5)
      },
      (x): [Tensor, null] => [x.mul(0.5), null],
      (_none, ct) => [ct],
    )
    for (const run of [
      () => jvp(f, [scalar(1)], [scalar(1)]),
      () => jvp(jit(f), [scalar(1)], [scalar(1)]),
      () => vmap((x: Tensor) => jvp(f, [x], [x])[1])(vector(1)),
    ])
      expect(run).toThrow(/customVjp\(halved\).*reverse rule only/)
    const scaled = (s: Tensor) =>
      customVjp(
        (x: Tensor) => x.mul(s),
        (x): [Tensor, null] => [x.mul(s), null],
        (_none, ct) => [ct.mul(s)],
      )
    expectClose(grad(scaled(scalar(3)))(scalar(2)), [3])
    expect(() => grad((s: Tensor) => scaled(s)(scalar(2)))(scalar(3))).toThrow(/must be arguments/)
  })

  it('a batched derivative is the derivative of a batch: customVjpLinear by its own batch rule', () => {
    const { graph } = makeGraph(loudProduct)(scalar(3), scalar(4))
    const { linear, residuals } = derive.linearize(graph, [true, true])
    const tangents = linear.inputs.map((_, i) => i >= residuals.length)
    const batched = derive.batch(
      linear,
      3,
      linear.inputs.map(() => true),
    )
    checkGraph(batched.graph)
    const { graph: back } = derive.transpose(batched.graph, tangents, [true])
    checkGraph(back)
    const values = batched.graph.inputs.filter((v, i) => !tangents[i] && isFloat(v.aval.dtype))
    const [dx, dy] = evalGraph(back, [...values.map(() => vector(0, 0, 0)), vector(1, 2, 3)])
    expectClose(dx, [100, 200, 300])
    expectClose(dy, [1000, 2000, 3000])
  })

  it('nested in each other and in jit, each rule holds', () => {
    const f = jit((x: Tensor) => loudProduct(loudSine(x), loudSine(x)))
    // (100 + 1000)·100·cos x
    expectClose(grad(f)(scalar(0.5)), [110_000 * Math.cos(0.5)])
  })
})
