import { describe, expect, it } from 'vitest'
import { type Graph, subGraphs } from '../../src/graph/graph.js'
import { grad, jit, makeGraph, np, scan, type Tensor } from '../../src/index.js'
import { commonSubexpressions } from '../../src/passes/commonSubexpressions.js'
import { constantFolding } from '../../src/passes/constantFolding.js'
import { deadCode, deadLoopValues } from '../../src/passes/deadCode.js'
import { inlineCalls } from '../../src/passes/inlineCalls.js'
import { optimize } from '../../src/passes/optimize.js'
import { simplify } from '../../src/passes/simplify.js'

const x = np.array([1, 2], { dtype: 'float32' })
const n = np.array([1, 2], { dtype: 'int32' })

const graphOf = (f: (x: Tensor) => unknown, at: Tensor = x): Graph => makeGraph(f)(at).graph
const names = (graph: Graph): readonly string[] => graph.eqns.map((e) => e.primitive.name)

describe('simplify', () => {
  it.each<readonly [string, (x: Tensor) => Tensor]>([
    ['x·1', (t) => t.mul(1)],
    ['1·x', (t) => np.multiply(1, t)],
    ['x/1', (t) => t.div(1)],
    ['x − 0', (t) => t.sub(0)],
    ['x + (−0)', (t) => t.add(-0)],
    ['−(−x)', (t) => t.neg().neg()],
  ])('%s of floats is x', (_name, f) => {
    expect(names(simplify(graphOf(f)))).toEqual([])
  })

  it.each<readonly [string, (x: Tensor) => Tensor]>([
    ['x·0, which is NaN for ∞', (t) => t.mul(0)],
    ['x − x, which is NaN for ∞', (t) => t.sub(t)],
    ['x + 0, which is 0 for −0', (t) => t.add(0)],
    ['x − (−0), which is 0 for −0', (t) => t.sub(-0)],
    ['x/x, which is NaN for 0', (t) => t.div(t)],
    ['0/x, which is NaN for 0', (t) => np.divide(0, t)],
    ['0 − x, which is not −x for 0', (t) => np.subtract(0, t)],
  ])('leaves %s', (_name, f) => {
    const graph = graphOf(f)
    expect(names(optimize(graph))).toEqual(names(graph))
  })

  it('x + 0 of integers is x', () => {
    expect(names(simplify(graphOf((t) => t.add(0), n)))).toEqual([])
  })
})

describe('other passes', () => {
  it('constantFolding computes on literals alone, −0, NaN and infinities included', () => {
    const graph = graphOf((t) =>
      t.add(np.divide(np.full([2], -1), np.full([2], Infinity))).mul(np.log(np.full([2], -1))),
    )
    const folded = constantFolding(graph)
    expect(names(folded)).toEqual(['add', 'mul'])
    const literals = folded.eqns.flatMap((e) => e.inputs.flatMap((a) => (a.kind === 'lit' ? [a.value] : [])))
    expect(literals).toEqual([-0, Number.NaN])
  })

  it('constantFolding rounds to the dtype, and wraps integers', () => {
    const third = constantFolding(graphOf((t) => t.add(np.divide(np.full([2], 1), np.full([2], 3)))))
    expect(third.eqns[0].inputs[1]).toMatchObject({ value: Math.fround(1 / 3) })
    const big = np.full([2], 2 ** 31 - 1, { dtype: 'int32' })
    const wrapped = constantFolding(graphOf((t) => t.mul(big.add(1)), n))
    expect(wrapped.eqns[0].inputs[1]).toMatchObject({ value: -(2 ** 31) })
  })

  it('commonSubexpressions merges equal equations, but not those with other parameters or literals', () => {
    const graph = jit((t: Tensor) => [np.sin(t), np.sin(t), t.add(0), t.add(-0), t.add(0)]).lower(x).graph
    expect(names(commonSubexpressions(graph))).toEqual(['sin', 'add', 'add'])
    const sums = graphOf((t) => [t.reshape([1, 2]).sum({ axis: 0 }), t.reshape([1, 2]).sum({ axis: 1 })])
    expect(names(sums)).toEqual(['reshape', 'reduceSum', 'reduceSum'])
  })

  it('deadCode drops what no output needs, along the whole chain', () => {
    const [first] = [graphOf((t) => [np.exp(np.sin(t)), np.cos(t)])]
    const partial = { ...first, outputs: [first.outputs[1]] }
    expect(names(deadCode(partial))).toEqual(['cos'])
  })

  it('inlineCalls opens calls at every depth, with variables of their own', () => {
    const inner = jit((t: Tensor) => np.sin(t))
    const outer = jit((t: Tensor) => inner(inner(t)).add(inner(t.neg())))
    const graph = graphOf((t) => outer(t).mul(outer(np.exp(t))))
    expect(names(graph)).toEqual(['call', 'exp', 'call', 'mul'])
    const opened = ['sin', 'sin', 'neg', 'sin', 'add']
    expect(names(inlineCalls(graph))).toEqual([...opened, 'exp', ...opened, 'mul'])
    expect(names(optimize(graph))).toEqual([...opened, 'exp', ...opened, 'mul'])
  })

  it('deadLoopValues drops what a scan carries, stacks and reads for nothing', () => {
    const f = (t: Tensor) =>
      scan(
        ({ a, b, unread }, k: Tensor) => [
          { a: a.add(b), b: b.mul(k), unread: unread.add(np.sin(k)) },
          { twice: a.mul(2), never: np.exp(unread) },
        ],
        { a: t.get(0), b: t.get(1), unread: t.sum() },
        t,
      )
    const scanOf = (graph: Graph) => {
      const [eqn] = graph.eqns.filter((e) => e.primitive.name === 'scan')
      return { outputs: eqn.outputs.length, inputs: eqn.inputs.length, body: names(subGraphs(eqn.params)[0]) }
    }
    // a needs b; nothing needs what is unread
    expect(scanOf(deadLoopValues(graphOf((t) => f(t)[0].a)))).toEqual({
      outputs: 2,
      inputs: 3,
      body: ['add', 'mul'],
    })
    expect(scanOf(deadLoopValues(graphOf((t) => f(t)[1].twice)))).toMatchObject({
      outputs: 3,
      body: ['add', 'mul', 'mul'],
    })
    // and b alone neither a
    expect(scanOf(deadLoopValues(graphOf((t) => f(t)[0].b)))).toEqual({
      outputs: 1,
      inputs: 2,
      body: ['mul'],
    })
    const power = (t: Tensor) => scan((b: Tensor, k: Tensor) => [b.mul(k), np.exp(b)], t.get(0), t)[0]
    const gradient = (t: Tensor) => grad(power)(t)
    const kept = jit(gradient)
      .lower(x)
      .optimized.eqns.filter((e) => e.primitive.name === 'scan')
    // forwards b and its values before each step, backwards its cotangent and those of the slices
    expect(kept.map((e) => e.outputs.length)).toEqual([2, 2])
    expect(jit(gradient)(x).toArray()).toEqual(gradient(x).toArray())
  })

  it('a pass that finds nothing to do returns the graph itself', () => {
    const graph = graphOf((t) => np.sin(t).mul(t))
    for (const pass of [
      simplify,
      constantFolding,
      commonSubexpressions,
      deadCode,
      deadLoopValues,
      inlineCalls,
      optimize,
    ])
      expect(pass(graph)).toBe(graph)
  })
})
