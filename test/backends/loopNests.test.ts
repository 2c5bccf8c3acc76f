import { describe, expect, it } from 'vitest'
import type { Shape } from '../../src/ir/aval.js'
import { type DType, dtypes, type TypedArray } from '../../src/ir/dtype.js'
import { apply, constant, type Expr, type Load, loopIndex } from '../../src/ir/expr.js'
import { dense } from '../../src/ir/view.js'
import { agrees, kernel, run, subjects } from './agreement.js'
import { type Case, chance, type Draw, int, oneOf, ProgramDraft, shape } from './arbitraries/draw.js'
import { expressions } from './arbitraries/expressions.js'
import {
  argmax,
  ends,
  type Join,
  reduction,
  singleJoins,
  statisticJoins,
  welford,
} from './arbitraries/reductions.js'
import { load } from './arbitraries/views.js'

/** Mostly small spaces; now and then one that takes several blocks. */
const space = (g: Draw): Shape =>
  chance(g, 12) ? oneOf(g, [[1025], [3, 700], [700, 3], [2048], [9, 13, 19]]) : shape(g, 4)

describe.each(subjects)('loop nests on $name', (subject) => {
  it('elementwise expressions over any views', () => {
    agrees(
      subject,
      (g) => {
        const draft = new ProgramDraft()
        const extents = space(g)
        const made = expressions(g, draft, extents, int(g, 1, 14), [], subject.hasExactFunctions)
        const outputs = Array.from({ length: int(g, 1, 3) }, () => oneOf(g, made)).map((value) => ({
          value,
          buffer: draft.buffer(extents, value.dtype),
        }))
        return draft.finish(
          [kernel({ space: extents, reduction: null, outputs })],
          outputs.map((o) => o.buffer),
        )
      },
      0,
      600,
    )
  })

  it('one load, through any view', () => {
    agrees(
      subject,
      (g) => {
        const draft = new ProgramDraft()
        const extents = space(g)
        const value = load(
          g,
          draft,
          extents,
          oneOf(g, dtypes),
          extents.map((_, axis) => loopIndex(axis)),
        )
        const buffer = draft.buffer(extents, value.dtype)
        return draft.finish(
          [kernel({ space: extents, reduction: null, outputs: [{ value, buffer }] })],
          [buffer],
        )
      },
      0,
      600,
    )
  })

  it('turned bits, and what only looks like them', () => {
    agrees(subject, (g) => {
      const draft = new ProgramDraft()
      const [x, y] = [load(g, draft, [5], 'uint32'), load(g, draft, [5], 'uint32')]
      const [left, right] = [int(g, 0, 32), int(g, 0, 32)]
      const up = apply('shiftLeft', [x, constant(left, 'uint32')])
      const down = (from: Expr, places: number): Expr =>
        apply('shiftRightLogical', [from, constant(places, 'uint32')])
      const pairs = [down(x, 32 - left), down(y, 32 - left), down(x, right)].map((d) => [up, d])
      const values = pairs.flatMap(([a, b]) => [apply('or', [a, b]), apply('or', [b, a])])
      const outputs = values.map((value) => ({ value, buffer: draft.buffer([5], 'uint32') }))
      return draft.finish(
        [kernel({ space: [5], reduction: null, outputs })],
        outputs.map((o) => o.buffer),
      )
    })
  })

  it('bitcasts keep every bit, those of NaN too', () => {
    const draft = new ProgramDraft()
    const bits = Uint32Array.of(0x7fc01234, 0xffc00001, 0x80000000, 1)
    const input = draft.input([4], 'float32', new Float32Array(bits.buffer))
    const operand: Load = {
      op: 'load',
      dtype: 'float32',
      buffer: input,
      view: dense([4]),
      fill: 0,
      dynamic: [],
    }
    const buffer = draft.buffer([4], 'uint32')
    const value = apply('bitcast', [operand], 'uint32')
    const step = kernel({ space: [4], reduction: null, outputs: [{ value, buffer }] })
    expect(run(subject.backend, draft.finish([step], [buffer]))).toEqual([bits])
  })
})

const reducing = (g: Draw, joins: readonly Join[]): Case => {
  const draft = new ProgramDraft()
  const [outer, inner] = chance(g, 15)
    ? oneOf<readonly [Shape, Shape]>(g, [
        [[3], [1100]],
        [[1100], [3]],
        [
          [2, 5],
          [11, 97],
        ],
        [[1030], [5]],
        [[7], [600]],
        [[], [2500]],
        [[300], [7]],
      ])
    : [shape(g, 3), shape(g, 3)]
  const all = [...outer, ...inner]
  const indices: Expr[] = all.map((_, axis) => loopIndex(axis))
  const leaves = [
    ...indices,
    ...dtypes.flatMap((dtype) => [load(g, draft, all, dtype), load(g, draft, all, dtype, indices)]),
  ]
  const reduced = reduction(g, inner, leaves, joins)
  const running = reduced.init.map(({ dtype }, slot): Expr => ({ op: 'acc', slot, dtype }))
  const doubled = apply('mul', [running[0], running[0]])
  const values = chance(g, 50)
    ? running
    : [apply('max', [running[0], load(g, draft, outer, running[0].dtype)]), doubled, ...running]
  const outputs = values.map((value) => ({ value, buffer: draft.buffer(outer, value.dtype) }))
  return draft.finish(
    [kernel({ space: outer, reduction: reduced, outputs })],
    outputs.map((o) => o.buffer),
  )
}

describe.each(subjects)('reductions on $name', (subject) => {
  it('by one operation', () => agrees(subject, (g) => reducing(g, singleJoins), 1e-6, 60))
  it('to the greatest value and its place', () => agrees(subject, (g) => reducing(g, [argmax]), 0))
  it('to the ends, in order', (context) => {
    if (!subject.joinsInOrder) return context.skip('it joins parts in any order, as reductions allow')
    agrees(subject, (g) => reducing(g, [ends]), 0)
  })
  it('to mean and variance', () => agrees(subject, (g) => reducing(g, [welford]), 1e-12))
  it('to a statistic that is named', () => agrees(subject, (g) => reducing(g, statisticJoins), 1e-12, 100))

  const sumOf = (
    data: TypedArray,
    dtype: DType,
    space: Shape,
    extents: Shape,
    strides: readonly number[],
  ): TypedArray => {
    const draft = new ProgramDraft()
    const buffer = draft.input([data.length], dtype, data)
    const view = { shape: [...space, ...extents], offset: 0, strides, guards: [] }
    const element: Load = { op: 'load', dtype, buffer, view, fill: 0, dynamic: [] }
    const [join] = singleJoins.filter((j) => j.takes[0] === dtype)
    const out = draft.buffer(space, dtype)
    const value: Expr = { op: 'acc', dtype, slot: 0 }
    const step = kernel({
      space,
      reduction: { ...join, extents, element: [element] },
      outputs: [{ buffer: out, value }],
    })
    return run(subject.backend, draft.finish([step], [out]))[0]
  }

  it('sums four million float32 tenths to 1e-6', () => {
    const [sum] = sumOf(new Float32Array(4e6).fill(0.1), 'float32', [], [4e6], [1])
    expect(Math.abs(sum / 4e5 - 1)).toBeLessThan(1e-6)
  })

  it('sums float64 rows and columns to the last digits', () => {
    const [rows, columns] = [5000, 3]
    const data = Float64Array.from({ length: rows * columns }, (_, i) => (i % 2 === 0 ? 0.1 : 1e10 / 3))
    const exact = (pick: (i: number) => boolean): number => {
      const [tenths, thirds] = [
        data.filter((x, i) => pick(i) && x < 1),
        data.filter((x, i) => pick(i) && x > 1),
      ]
      return tenths.length * 0.1 + thirds.length * (1e10 / 3)
    }
    const byColumn = sumOf(data, 'float64', [columns], [rows], [1, columns])
    byColumn.forEach((sum, j) => {
      expect(Math.abs(sum / exact((i) => i % columns === j) - 1)).toBeLessThan(subject.float64SumError)
    })
    const [whole] = sumOf(data, 'float64', [], [rows * columns], [1])
    expect(Math.abs(whole / exact(() => true) - 1)).toBeLessThan(subject.float64SumError)
  })

  it('keeps infinities and NaN in compensated sums', () => {
    const inf = Number.POSITIVE_INFINITY
    expect(sumOf(Float64Array.of(1, inf, 2), 'float64', [], [3], [1])[0]).toBe(inf)
    expect(sumOf(Float64Array.of(1, inf, -inf), 'float64', [], [3], [1])[0]).toBeNaN()
    expect(sumOf(Float64Array.of(1, Number.NaN), 'float64', [], [2], [1])[0]).toBeNaN()
    expect(sumOf(Float64Array.of(1e308, 1e308), 'float64', [], [2], [1])[0]).toBe(inf)
  })
})
