import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reference } from '../../src/backends/reference/index.js'
import { type Shape, sizeOf } from '../../src/graph/aval.js'
import { type DType, dtypes, isFloat, type TypedArray } from '../../src/graph/dtype.js'
import { apply, type Expr, type Load, loopIndex } from '../../src/graph/kernel/expr.js'
import type { Kernel, Program } from '../../src/graph/kernel/program.js'
import { dense } from '../../src/graph/kernel/view.js'
import {
  type Case,
  chance,
  type Draw,
  elements,
  int,
  oneOf,
  ProgramDraft,
  shape,
} from './arbitraries/draw.js'
import { expressions } from './arbitraries/expressions.js'
import { argmax, ends, type Join, reduction, singleJoins } from './arbitraries/reductions.js'
import { load } from './arbitraries/views.js'
import { interpretNaively } from './interpretNaively.js'

const run = ({ program, inputs }: Case): TypedArray[] => {
  const executable = reference.compile(program)
  const handles = inputs.map((data) => reference.upload(data))
  const none = inputs.map(() => false)
  const first = executable.run(handles, none).map((h) => reference.downloadSync(h).slice())
  const second = executable.run(handles, none).map((h) => reference.downloadSync(h))
  expect(second).toEqual(first)
  return second
}

/** NaN is NaN, −0 is not 0; `tolerance` is relative to the larger of both and one. */
const expectSame = (got: readonly TypedArray[], want: readonly TypedArray[], tolerance = 0): void => {
  expect(got.length).toBe(want.length)
  got.forEach((g, k) => {
    const w = want[k]
    expect(g.constructor).toBe(w.constructor)
    expect(g.length).toBe(w.length)
    for (let i = 0; i < g.length; i++) {
      if (Object.is(g[i], w[i])) continue
      const near = Math.abs(g[i] - w[i]) <= tolerance * Math.max(1, Math.abs(g[i]), Math.abs(w[i]))
      if (!near) expect.fail(`output ${k}, element ${i}: ${g[i]} instead of ${w[i]}`)
    }
  })
}

const agrees = (build: (g: Draw) => Case, tolerance = 0, numRuns = 25): void => {
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const made = build(g)
      const before = made.inputs.map((data) => data.slice())
      const got = run(made)
      expectSame(got, interpretNaively(made.program, made.inputs), tolerance)
      expect(made.inputs).toEqual(before)
    }),
    { numRuns },
  )
}

const kernel = (part: Pick<Kernel, 'space' | 'reduction' | 'outputs'>): Kernel => ({
  kind: 'kernel',
  name: 'test',
  ...part,
})

/** Mostly small spaces; now and then one that takes several blocks. */
const space = (g: Draw): Shape =>
  chance(g, 12) ? oneOf(g, [[1025], [3, 700], [700, 3], [2048], [9, 13, 19]]) : shape(g, 4)

describe('loop nests', () => {
  it('elementwise expressions over any views', () => {
    agrees(
      (g) => {
        const draft = new ProgramDraft()
        const extents = space(g)
        const made = expressions(g, draft, extents, int(g, 1, 14))
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

describe('reductions', () => {
  it('by one operation', () => agrees((g) => reducing(g, singleJoins), 1e-6, 60))
  it('to the greatest value and its place', () => agrees((g) => reducing(g, [argmax]), 0))
  it('to the ends, in order', () => agrees((g) => reducing(g, [ends]), 0))

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
    return run(draft.finish([step], [out]))[0]
  }

  it('sums four million float32 tenths to 1e-6', () => {
    const [sum] = sumOf(new Float32Array(4e6).fill(0.1), 'float32', [], [4e6], [1])
    expect(Math.abs(sum / 4e5 - 1)).toBeLessThan(1e-6)
  })

  it('sums float64 rows and columns to the last digit', () => {
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
      expect(Math.abs(sum / exact((i) => i % columns === j) - 1)).toBeLessThan(3e-16)
    })
    const [whole] = sumOf(data, 'float64', [], [rows * columns], [1])
    expect(Math.abs(whole / exact(() => true) - 1)).toBeLessThan(3e-16)
  })

  it('keeps infinities and NaN in compensated sums', () => {
    const inf = Number.POSITIVE_INFINITY
    expect(sumOf(Float64Array.of(1, inf, 2), 'float64', [], [3], [1])[0]).toBe(inf)
    expect(sumOf(Float64Array.of(1, inf, -inf), 'float64', [], [3], [1])[0]).toBeNaN()
    expect(sumOf(Float64Array.of(1, Number.NaN), 'float64', [], [2], [1])[0]).toBeNaN()
    expect(sumOf(Float64Array.of(1e308, 1e308), 'float64', [], [2], [1])[0]).toBe(inf)
  })
})

describe('contractions', () => {
  it('of any views', () => {
    agrees(
      (g) => {
        const draft = new ProgramDraft()
        const [batch, m, n] = [shape(g, 2, 3), shape(g, 2, 9), shape(g, 2, 9)]
        const k = chance(g, 20) ? [int(g, 1, 1100)] : shape(g, 2, 7)
        const dtype = oneOf(g, dtypes)
        const [lhs, rhs] = [m, n].map((own) => {
          const extents = [...batch, ...own, ...k]
          return load(
            g,
            draft,
            extents,
            dtype,
            extents.map((_, axis) => loopIndex(axis)),
          )
        })
        const output = draft.buffer([...batch, ...m, ...n], dtype)
        return draft.finish([{ kind: 'contract', name: 'test', batch, m, n, k, lhs, rhs, output }], [output])
      },
      0,
      300,
    )
  })

  it('wider than a panel', () => {
    agrees(
      (g) => {
        const draft = new ProgramDraft()
        const [m, n, k] = [[int(g, 60, 140)], [int(g, 60, 140)], [int(g, 1, 20)]]
        const transposed = chance(g, 50)
        const operand = (rows: Shape): Load => {
          const size = sizeOf(rows) * k[0]
          const strides = transposed ? [1, rows[0]] : [k[0], 1]
          const view = { ...dense([...rows, ...k]), strides }
          return {
            op: 'load',
            dtype: 'float32',
            buffer: draft.input([size], 'float32', elements(g, 'float32', size)),
            view,
            fill: 0,
            dynamic: [],
          }
        }
        const [lhs, rhs] = [operand(m), operand(n)]
        const output = draft.buffer([...m, ...n], 'float32')
        return draft.finish(
          [{ kind: 'contract', name: 'test', batch: [], m, n, k, lhs, rhs, output }],
          [output],
        )
      },
      0,
      20,
    )
  })
})

describe('host routines', () => {
  it('cumulative', () => {
    agrees((g) => {
      const draft = new ProgramDraft()
      const extents: Shape = [...shape(g, 2), int(g, 1, 6), ...shape(g, 1)]
      const dtype = oneOf(g, ['float32', 'float64', 'int32', 'uint32'] as const)
      const input = draft.input(extents, dtype, elements(g, dtype, sizeOf(extents)))
      if (isFloat(dtype) && sizeOf(extents) > 3 && chance(g, 30)) draft.finish([], [])
      const call = {
        routine: 'cumulative' as const,
        op: oneOf(g, ['add', 'mul', 'max', 'min'] as const),
        axis: int(g, 0, extents.length - 1),
        reverse: chance(g, 50),
      }
      const output = draft.buffer(extents, dtype)
      return draft.finish(
        [{ kind: 'host', name: 'test', call, inputs: [input], outputs: [output] }],
        [output],
      )
    }, 1e-6)
  })

  it('scatterAdd', () => {
    agrees((g) => {
      const draft = new ProgramDraft()
      const extents = shape(g, 3)
      const dtype = oneOf(g, dtypes)
      const axes = extents.map((_, axis) => axis).filter(() => chance(g, 50))
      if (chance(g, 30)) axes.reverse()
      const places = axes.length === 0 ? [] : shape(g, 2)
      const accumulator = draft.input(extents, dtype, elements(g, dtype, sizeOf(extents)))
      const indices = axes.map(() =>
        draft.input(
          places,
          'int32',
          elements(g, 'int32', sizeOf(places)).map((x) => x >> 1),
        ),
      )
      const updated = [...places, ...extents.filter((_, axis) => !axes.includes(axis))]
      const updates = draft.input(updated, dtype, elements(g, dtype, sizeOf(updated)))
      const output = draft.buffer(extents, dtype)
      const inputs = [accumulator, ...indices, updates]
      return draft.finish(
        [{ kind: 'host', name: 'test', call: { routine: 'scatterAdd', axes }, inputs, outputs: [output] }],
        [output],
      )
    })
  })

  it('cumulative maxima keep NaN', () => {
    const draft = new ProgramDraft()
    const input = draft.input([4], 'float32', Float32Array.of(1, Number.NaN, 2, 3))
    const output = draft.buffer([4], 'float32')
    const call = { routine: 'cumulative', op: 'max', axis: 0, reverse: false } as const
    const [got] = run(
      draft.finish([{ kind: 'host', name: 'test', call, inputs: [input], outputs: [output] }], [output]),
    )
    expect([...got]).toEqual([1, Number.NaN, Number.NaN, Number.NaN])
  })
})

describe('programs', () => {
  /** Each step reads some of the buffers before it; any of them may be an output. */
  const chain = (g: Draw): Case => {
    const draft = new ProgramDraft()
    const extents = shape(g, 2)
    const size = sizeOf(extents)
    const whole = (buffer: number): Load => {
      const { dtype } = draft.buffers[buffer]
      return { op: 'load', dtype, buffer, view: dense(extents), fill: 0, dynamic: [] }
    }
    const known = dtypes.map((dtype) => draft.input(extents, dtype, elements(g, dtype, size)))
    const inputs = [...known]
    const steps = Array.from({ length: int(g, 1, 7) }, () => {
      const made = expressions(g, draft, extents, int(g, 1, 5), known.map(whole))
      const outputs = Array.from({ length: int(g, 1, 2) }, () => oneOf(g, made)).map((value) => ({
        value,
        buffer: draft.buffer(extents, value.dtype),
      }))
      known.push(...outputs.map((o) => o.buffer))
      return kernel({ space: extents, reduction: null, outputs })
    })
    const computed = known.filter((id) => !inputs.includes(id))
    return draft.finish(
      steps,
      computed.filter((id) => id === computed[computed.length - 1] || chance(g, 30)),
    )
  }

  it('of several steps, with storage used again', () => agrees(chain, 0, 30))

  const negation: Program = {
    buffers: [
      { shape: [2], dtype: 'float32' },
      { shape: [2], dtype: 'float32' },
    ],
    inputs: [0],
    steps: [
      kernel({
        space: [2],
        reduction: null,
        outputs: [
          {
            buffer: 1,
            value: apply('neg', [
              { op: 'load', dtype: 'float32', buffer: 0, view: dense([2]), fill: 0, dynamic: [] },
            ]),
          },
        ],
      }),
    ],
    outputs: [1, 1, 0],
  }

  it('give every output storage of its own', async () => {
    const x = reference.upload(Float32Array.of(1, 2))
    const outputs = reference.compile(negation).run([x], [false])
    const arrays = await Promise.all(outputs.map((h) => reference.download(h)))
    expect(arrays.map((a) => [...a])).toEqual([
      [-1, -2],
      [-1, -2],
      [1, 2],
    ])
    expect(new Set([reference.downloadSync(x), ...arrays]).size).toBe(4)
  })

  it('name what is wrong with their inputs', () => {
    const executable = reference.compile(negation)
    expect(() => executable.run([], [])).toThrow('internal: reference: 1 inputs are required, got 0.')
    expect(() => executable.run([reference.upload(new Float32Array(3))], [false])).toThrow('f32[2]')
    expect(() => executable.run([reference.upload(new Float64Array(2))], [false])).toThrow('f32[2]')
    expect(() => executable.run([{}], [false])).toThrow("another backend's")
    const freed = reference.upload(new Float32Array(2))
    reference.free(freed)
    expect(() => reference.downloadSync(freed)).toThrow('freed')
  })
})
