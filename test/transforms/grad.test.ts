import { describe, expect, it } from 'vitest'
import {
  DTypeError,
  grad,
  jit,
  jvp,
  linearize,
  makeGraph,
  np,
  ShapeError,
  stopGradient,
  type Tensor,
  TreeMismatchError,
  valueAndGrad,
  vjp,
  vmap,
} from '../../src/index.js'
import { expectClose, mistyped, scalar, vector } from './doubles.js'

describe('options of grad', () => {
  const f = (x: Tensor, y: Tensor) => x.mul(x).mul(y)

  it('argnums chooses one argument, or several, in that order', () => {
    expectClose(grad(f, { argnums: 1 })(scalar(3), scalar(5)), [9])
    const [dy, dx] = grad(f, { argnums: [1, 0] })(scalar(3), scalar(5))
    expectClose(dx, [30])
    expectClose(dy, [9])
  })

  it('negative argnums count from the end', () => {
    expectClose(grad(f, { argnums: -1 })(scalar(3), scalar(5)), [9])
    const weighted = (x: Tensor, { w }: { readonly w: Tensor }) => x.mul(w)
    const [{ w }, x] = grad(weighted, { argnums: [-1, -2] })(scalar(3), { w: scalar(5) })
    expectClose(w, [3])
    expectClose(x, [5])
    expectClose(valueAndGrad(weighted, { argnums: -1 })(scalar(3), { w: scalar(5) })[1].w, [3])
  })

  it('refuses argnums that are not there, by number', () => {
    expect(() => grad(f, { argnums: 2 })(scalar(1), scalar(1))).toThrow(
      /argnums within the 2 arguments.*got 2/,
    )
    expect(() => grad(f, { argnums: -3 })(scalar(1), scalar(1))).toThrow(/got -3/)
    expect(() => grad(f, { argnums: [1, -1] })(scalar(1), scalar(1))).toThrow(/each once/)
  })

  it('hasAux hands the second result through, of any structure and dtype', () => {
    const withAux = (x: Tensor): [Tensor, { readonly twice: Tensor; readonly at: Tensor }] => [
      x.mul(x).sum(),
      { twice: x.mul(2), at: np.argmax(x) },
    ]
    const [gradient, aux] = grad(withAux, { hasAux: true })(vector(1, 4))
    expectClose(gradient, [2, 8])
    expectClose(aux.twice, [2, 8])
    expect(aux.at.item()).toBe(1)
    const [[value, again], same] = valueAndGrad(withAux, { hasAux: true })(vector(1, 4))
    expectClose(value, [17])
    expectClose(again.twice, [2, 8])
    expectClose(same, [2, 8])
    expect(() => grad((x: Tensor) => mistyped<[Tensor, Tensor]>(x), { hasAux: true })(scalar(1))).toThrow(
      /pair/,
    )
  })

  it('gradients have the structure of the argument', () => {
    const loss = (p: { readonly layers: readonly { readonly w: Tensor }[]; readonly none: null }) =>
      p.layers[0].w.mul(p.layers[1].w).sum()
    const g = grad(loss)({ layers: [{ w: vector(1, 2) }, { w: vector(3, 4) }], none: null })
    expectClose(g.layers[0].w, [3, 4])
    expectClose(g.layers[1].w, [1, 2])
    expect(g.none).toBeNull()
  })

  it('what the result does not depend on gets zeros', () => {
    const g = grad((p: { readonly a: Tensor; readonly b: Tensor }) => p.a.sum())({
      a: vector(1),
      b: vector(1, 2),
    })
    expectClose(g.b, [0, 0])
  })

  it('integer leaves are refused with their path, or get zeros with allowInt', () => {
    const f = (p: { readonly x: Tensor; readonly n: Tensor }) => p.x.mul(p.n).sum()
    const p = { x: vector(1, 2), n: np.array([3, 4], { dtype: 'int32' }) }
    expect(() => grad(f)(p)).toThrow(DTypeError)
    expect(() => grad(f)(p)).toThrow(/i32\[2\] at 0\.n/)
    const g = grad(f, { allowInt: true })(p)
    expectClose(g.x, [3, 4])
    expect(g.n.dtype).toBe('int32')
    expectClose(g.n, [0, 0])
  })

  it('a result that is no scalar, no float, or several tensors is refused', () => {
    expect(() => grad((x: Tensor) => x.mul(2))(vector(1, 2))).toThrow(ShapeError)
    expect(() => grad((x: Tensor) => x.mul(2))(vector(1, 2))).toThrow(/f64\[2\].*sum/)
    expect(() => grad((x: Tensor) => np.argmax(x))(vector(1, 2))).toThrow(DTypeError)
    expect(() => grad((x: Tensor) => mistyped<Tensor>([x, x]))(scalar(1))).toThrow(/one scalar result/)
  })

  it('derivatives stop at integers, and at stopGradient', () => {
    const stepped = (x: Tensor) => x.mul(x.astype('int32').astype('float64')).sum()
    expectClose(grad(stepped)(vector(2.5, -1.5)), [2, -1])
    const held = (x: Tensor) => stopGradient(x).mul(x).sum()
    expectClose(grad(held)(vector(3, 4)), [3, 4])
    expectClose(vmap(grad((x: Tensor) => stopGradient(np.sin(x)).mul(x)))(vector(1, 2)), [
      Math.sin(1),
      Math.sin(2),
    ])
    expectClose(jvp(jit(held), [vector(3, 4)], [vector(1, 1)])[1], [7])
    expectClose(grad(grad(held))(scalar(1)), [0])
    const tree = (x: Tensor) => {
      const { a, b } = stopGradient({ a: x, b: [np.array([1, 2], { dtype: 'int32' }), 2] as const })
      return a.mul(x).mul(b[0]).mul(b[1]).sum()
    }
    expectClose(grad(tree)(vector(3, 4)), [6, 16])
  })
})

describe('jvp, linearize and vjp', () => {
  const f = (p: { readonly x: Tensor; readonly n: Tensor }) => ({ y: np.sin(p.x).mul(p.n), n: p.n.add(1) })
  const p = { x: vector(0.5, 1), n: np.array([2, 3], { dtype: 'int32' }) }

  it('forward: tangents of floats, zeros for integers', () => {
    const [y, dy] = jvp(f, [p], [{ x: vector(1, 10), n: np.array([7, 7], { dtype: 'int32' }) }])
    expectClose(y.y, [2 * Math.sin(0.5), 3 * Math.sin(1)])
    expectClose(dy.y, [2 * Math.cos(0.5), 30 * Math.cos(1)])
    expectClose(dy.n, [0, 0])
    expect(dy.n.dtype).toBe('int32')
  })

  it('linearize evaluates once and pushes many times', () => {
    let calls = 0
    const [y, push] = linearize((x: Tensor) => {
      calls++
      return np.exp(x)
    }, scalar(1))
    expectClose(y, [Math.E])
    expectClose(push(scalar(2)), [2 * Math.E])
    expectClose(push(scalar(-1)), [-Math.E])
    expect(calls).toBe(1)
  })

  it('reverse: cotangents of every argument, any number of times', () => {
    const [y, pull] = vjp((a: Tensor, b: Tensor) => a.mul(b), vector(1, 2), scalar(3))
    expectClose(y, [3, 6])
    const [da, db] = pull(vector(1, 10))
    expectClose(da, [3, 30])
    expectClose(db, [21], [])
    expectClose(pull(vector(0, 1))[1], [2])
  })

  it('structures and shapes that do not fit are refused with their path', () => {
    const g = (q: { readonly a: Tensor; readonly b: Tensor }) => q.a.mul(q.b)
    const at = { a: vector(1), b: vector(2) }
    const missing = mistyped<typeof at>({ a: vector(1) })
    expect(() => jvp(g, [at], [missing])).toThrow(TreeMismatchError)
    expect(() => jvp(g, [at], [{ a: vector(1), b: vector(1, 2) }])).toThrow(/f64\[1\].*f64\[2\] at 0\.b/)
    expect(() => vjp(g, at)[1](vector(1, 2))).toThrow(ShapeError)
    expect(() => vjp(g, at)[1](mistyped<Tensor>([vector(1)]))).toThrow(TreeMismatchError)
  })

  it('a function that returns a promise is refused by name, by every transform', () => {
    const later = async (x: Tensor) => x
    const asTensor = mistyped<(x: Tensor) => Tensor>(later)
    for (const run of [
      () => grad(asTensor)(scalar(1)),
      () => jit(asTensor)(scalar(1)),
      () => vmap(asTensor)(vector(1)),
      () => jvp(asTensor, [scalar(1)], [scalar(1)]),
      () => vjp(asTensor, scalar(1)),
      () => makeGraph(asTensor)(scalar(1)),
    ])
      expect(run).toThrow(/promise.*Await/)
  })

  it('something that is no tensor is refused with its path', () => {
    const f = (x: { readonly a: unknown }) => mistyped<Tensor>(x)
    expect(() => grad(f)({ a: new Date(0) })).toThrow(/Date at 0\.a/)
    expect(() => jit((x: Tensor) => ({ x, s: 'text' }))(scalar(1))).toThrow(/string at s/)
  })
})
