import { describe, expect, it } from 'vitest'
import { acc, apply, constant, type Expr, elem, type Load, loopIndex, select } from '../../src/ir/expr.js'
import { loadsOf, nodesOf, operandsFirst, slotsOf } from '../../src/ir/nodes.js'
import { dense } from '../../src/ir/view.js'

const load = (buffer: number, index: Expr | null = null): Load => ({
  op: 'load',
  dtype: index === null ? 'int32' : 'float32',
  buffer,
  view: dense([4]),
  fill: 0,
  dynamic: index === null ? [] : [{ index, size: 4, stride: 1 }],
})

const places = load(0)
const at = apply('add', [places, loopIndex(0)])
const found = load(1, at)
const double = apply('add', [found, found])
const root = apply('mul', [double, apply('neg', [found])])

describe('the nodes of expressions', () => {
  it('are met once, from the roots down, through computed indices', () => {
    const nodes = [...nodesOf([root, double])]
    expect(nodes.slice(0, 2)).toEqual([root, double])
    expect(nodes.length).toBe(7)
    expect(new Set(nodes)).toEqual(new Set(operandsFirst([root])))
  })

  it('can be computed in order', () => {
    const known = new Set<Expr>()
    for (const e of operandsFirst([root, double])) {
      expect(known.has(e)).toBe(false)
      const parts = e.op === 'apply' ? e.args : e.op === 'load' ? e.dynamic.map((d) => d.index) : []
      expect(parts.every((p) => known.has(p))).toBe(true)
      known.add(e)
    }
    expect(known.size).toBe(7)
  })

  it('are those that `below` leads to', () => {
    const onlyFirst = (e: Expr): readonly Expr[] => (e.op === 'apply' ? e.args.slice(0, 1) : [])
    expect(operandsFirst([root], onlyFirst)).toEqual([found, double, root])
    expect([...nodesOf([root], onlyFirst)]).toEqual([root, double, found])
  })

  it('of a long chain take no stack', () => {
    let chain: Expr = constant(1, 'float32')
    for (let i = 0; i < 100_000; i++) chain = apply('neg', [chain])
    expect(operandsFirst([chain]).length).toBe(100_001)
    expect(nodesOf([chain]).size).toBe(100_001)
  })
})

describe('of expressions', () => {
  it('loads are those of memory and of its indices', () => {
    expect(loadsOf([root])).toEqual([found, places])
  })

  it('slots are those of running values and of elements, in computed indices too', () => {
    const chosen = select(apply('lt', [acc(2, 'float32'), elem(0, 'float32')]), acc(2, 'float32'), double)
    expect([...slotsOf([chosen])].sort()).toEqual([0, 2])
    expect([...slotsOf([load(1, acc(3, 'int32'))])]).toEqual([3])
    expect(slotsOf([root]).size).toBe(0)
  })
})
