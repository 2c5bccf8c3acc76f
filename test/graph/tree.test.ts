import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GradError, grad, jit, np, type Tensor, TreeMismatchError, tree, vmap } from '../../src/index.js'

class Pair {
  constructor(
    readonly left: unknown,
    readonly right: unknown,
    readonly label: string,
  ) {}
}
tree.registerNode(
  Pair,
  (p) => ({ children: [p.left, p.right], aux: p.label }),
  ([left, right], aux) => new Pair(left, right, aux),
)

describe('trees', () => {
  it('leaves come by index and by sorted key, with their paths', () => {
    const t = { b: [1, { z: 2, a: true }], a: 3 }
    expect(tree.leaves(t)).toEqual([3, 1, true, 2])
    expect(tree.paths(t)).toEqual(['a', 'b.0', 'b.1.a', 'b.1.z'])
    expect(tree.leaves(5)).toEqual([5])
    expect(tree.paths(5)).toEqual([''])
  })

  it('null and undefined are nodes without leaves, and come back as they were', () => {
    const t = { a: null, b: undefined, c: [1, null] }
    expect(tree.leaves(t)).toEqual([1])
    expect(tree.map<typeof t, number, number>((x) => x + 1, t)).toEqual({
      a: null,
      b: undefined,
      c: [2, null],
    })
    expect(tree.leaves([])).toEqual([])
    expect(tree.leaves({})).toEqual([])
  })

  it('rebuilding from structure and leaves gives the same tree', () => {
    const { tree: anyTree } = fc.letrec<{ tree: unknown; node: unknown }>((tie) => ({
      tree: fc.oneof({ depthSize: 'small' }, fc.integer(), fc.boolean(), fc.constant(null), tie('node')),
      node: fc.oneof(
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('tree'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }))
    fc.assert(
      fc.property(anyTree, (t) => {
        expect(tree.unflatten(tree.structure(t), tree.leaves(t))).toEqual(t)
        expect(tree.leaves(t).length).toBe(tree.paths(t).length)
        expect(tree.map((x: number) => x, t)).toEqual(t)
      }),
    )
  })

  it('map takes several trees; where they differ it names the path', () => {
    const add = (x: number, y: number) => x + y
    expect(tree.map(add, { x: 1, y: [2] }, { x: 10, y: [20] })).toEqual({ x: 11, y: [22] })
    expect(tree.mapWithPath((path, x: number) => `${path}=${x}`, { x: 1, y: [2] } as unknown)).toEqual({
      x: 'x=1',
      y: ['y.0=2'],
    })
    const message = (other: unknown): string => {
      try {
        tree.map<unknown, number, number>(add, { x: 1, y: [2, { z: 3 }] }, other)
      } catch (error) {
        expect(error).toBeInstanceOf(TreeMismatchError)
        return String(error)
      }
      return 'nothing thrown'
    }
    expect(message({ x: 1 })).toMatch(/keys x where an object with keys x, y stands, at the root/)
    expect(message({ x: 1, y: [2] })).toMatch(/an array of 1 where an array of 2 stands, at y/)
    expect(message({ x: 1, y: [2, { z: null }] })).toMatch(/null where a leaf stands, at y\.1\.z/)
    expect(message({ x: 1, y: [2, { w: 3 }] })).toMatch(/at y\.1/)
    expect(message(7)).toMatch(/a leaf where an object/)
  })

  it('reduce folds from the left', () => {
    expect(tree.reduce((acc: string, x: number) => `${acc}${x}`, '', { b: 2, a: 1, c: [3, 4] })).toBe('1234')
  })

  it('transpose turns a list of trees into a tree of lists', () => {
    const list = [
      { a: 1, b: [2] },
      { a: 3, b: [4] },
    ]
    const [outer, inner] = [tree.structure([0, 0]), tree.structure({ a: 0, b: [0] })]
    expect(tree.transpose(outer, inner, list)).toEqual({ a: [1, 3], b: [[2, 4]] })
    expect(() => tree.transpose(outer, tree.structure([0, 0, 0]), [1, 2])).toThrow(TreeMismatchError)
  })

  it('unflatten refuses another number of leaves', () => {
    expect(() => tree.unflatten(tree.structure([0, 0]), [1])).toThrow(TreeMismatchError)
    expect(() => tree.unflatten(tree.structure([0, 0]), [1, 2, 3])).toThrow(/2 leaves.*got 3/)
  })

  it.each<readonly [string, unknown, RegExp]>([
    ['a string', { a: 'text' }, /string at a/],
    ['a function', [() => 1], /function at 0/],
    ['a Map', { a: { b: new Map() } }, /Map at a\.b.*registerNode/],
    ['a Date', new Date(0), /Date at the root/],
    ['a bigint', [1n], /bigint at 0/],
  ])('%s is no tree', (_what, value, message) => {
    expect(() => tree.leaves(value)).toThrow(TreeMismatchError)
    expect(() => tree.leaves(value)).toThrow(message)
  })
})

describe('registered classes', () => {
  it('are taken apart and rebuilt by every transform', () => {
    const p = new Pair(np.array([1, 2]), { inner: np.array(3) }, 'kept')
    const f = (q: Pair) => {
      const { inner } = q.right as { readonly inner: Tensor }
      return (q.left as Tensor).mul(inner).sum()
    }
    const g = grad(f)(p)
    expect(g).toBeInstanceOf(Pair)
    expect(g.label).toBe('kept')
    expect((g.left as Tensor).toArray()).toEqual([3, 3])
    expect((g.right as { readonly inner: Tensor }).inner.item()).toBe(3)
    const back = jit((q: Pair) => new Pair(q.right, q.left, `${q.label}!`))(p)
    expect(back.label).toBe('kept!')
    expect((back.right as Tensor).toArray()).toEqual([1, 2])
    const mapped = vmap((q: Pair) => (q.left as Tensor).mul(2))(new Pair(np.array([1, 2]), null, ''))
    expect(mapped.toArray()).toEqual([2, 4])
  })

  it('with other aux data are another structure: jit traces again, map refuses', () => {
    const f = jit((q: Pair) => (q.label === 'double' ? (q.left as Tensor).mul(2) : (q.left as Tensor)))
    expect(f(new Pair(np.array(3), null, 'double')).item()).toBe(6)
    expect(f(new Pair(np.array(3), null, 'same')).item()).toBe(3)
    expect(f(new Pair(np.array(4), null, 'double')).item()).toBe(8)
    expect(f.traceCount()).toBe(2)
    expect(() => tree.map((x: number) => x, new Pair(1, 2, 'a'), new Pair(1, 2, 'b'))).toThrow(
      TreeMismatchError,
    )
  })

  it('cannot be registered twice', () => {
    expect(() =>
      tree.registerNode(
        Pair,
        () => ({ children: [], aux: '' }),
        () => new Pair(1, 2, ''),
      ),
    ).toThrow(GradError)
  })
})
