import { describe, expect, it } from 'vitest'
import { type Shape, sizeOf } from '../../src/ir/aval.js'
import { dtypes } from '../../src/ir/dtype.js'
import { acc, apply, type Load, loopIndex } from '../../src/ir/expr.js'
import type { Program } from '../../src/ir/program.js'
import { dense } from '../../src/ir/view.js'
import { agrees, kernel, run, subjects } from './agreement.js'
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
import { load } from './arbitraries/views.js'

describe.each(subjects)('contractions on $name', (subject) => {
  it('of any views', () => {
    agrees(
      subject,
      (g) => {
        const draft = new ProgramDraft()
        const [batch, m, n] = [shape(g, 2, 3), shape(g, 2, 9), shape(g, 2, 9)]
        const k = sizeOf([...batch, ...m, ...n]) < 50 ? [int(g, 1, 1100)] : shape(g, 2, 7)
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
        const space = [...batch, ...m, ...n]
        const made = [acc(0, dtype)]
        const outputs = (
          chance(g, 50) ? made : expressions(g, draft, space, int(g, 1, 8), made, subject.hasExactFunctions)
        ).map((value) => ({
          value,
          buffer: draft.buffer(space, value.dtype),
        }))
        return draft.finish(
          [{ kind: 'contract', name: 'test', batch, m, n, k, lhs, rhs, outputs }],
          outputs.map((o) => o.buffer),
        )
      },
      0,
      300,
    )
  })

  it('wider than a panel', () => {
    agrees(
      subject,
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
          [
            {
              kind: 'contract',
              name: 'test',
              batch: [],
              m,
              n,
              k,
              lhs,
              rhs,
              outputs: [{ buffer: output, value: acc(0, lhs.dtype) }],
            },
          ],
          [output],
        )
      },
      0,
      20,
    )
  })
})

describe.each(subjects)('host routines on $name', (subject) => {
  it('cumulative', () => {
    agrees(
      subject,
      (g) => {
        const draft = new ProgramDraft()
        const extents: Shape = [...shape(g, 2), int(g, 1, 6), ...shape(g, 1)]
        const dtype = oneOf(g, ['float32', 'float64', 'int32', 'uint32'] as const)
        const input = draft.input(extents, dtype, elements(g, dtype, sizeOf(extents)))
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
      },
      1e-6,
    )
  })

  it.each(['set', 'add', 'mul', 'max', 'min'] as const)('scatter, %s', (combine) => {
    agrees(subject, (g) => {
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
        [
          {
            kind: 'host',
            name: 'test',
            call: { routine: 'scatter', combine, axes },
            inputs,
            outputs: [output],
          },
        ],
        [output],
      )
    })
  })

  it('sort', () => {
    agrees(subject, (g) => {
      const draft = new ProgramDraft()
      const length = chance(g, 20) ? int(g, 100, 300) : int(g, 0, 30)
      const extents: Shape = [...shape(g, 2), length, ...shape(g, 1)]
      const inputs = Array.from({ length: int(g, 1, 3) }, () => {
        const dtype = oneOf(g, dtypes)
        return draft.input(extents, dtype, elements(g, dtype, sizeOf(extents)))
      })
      const outputs = inputs.map((id) => draft.buffer(extents, draft.buffers[id].dtype))
      const call = {
        routine: 'sort' as const,
        axis: int(g, 0, extents.length - 1),
        keys: int(g, 1, inputs.length),
      }
      return draft.finish([{ kind: 'host', name: 'test', call, inputs, outputs }], outputs)
    })
  })

  it('topK', () => {
    agrees(subject, (g) => {
      const draft = new ProgramDraft()
      const n = chance(g, 20) ? int(g, 100, 300) : int(g, 0, 30)
      const k = int(g, 0, n)
      const rows = shape(g, 2)
      const dtype = oneOf(g, ['float32', 'float64', 'int32', 'uint32'] as const)
      const inputs = [draft.input([...rows, n], dtype, elements(g, dtype, sizeOf([...rows, n])))]
      const outputs = [draft.buffer([...rows, k], dtype), draft.buffer([...rows, k], 'int32')]
      const call = { routine: 'topK' as const, k }
      return draft.finish([{ kind: 'host', name: 'test', call, inputs, outputs }], outputs)
    })
  })

  it('cumulative maxima keep NaN', () => {
    const draft = new ProgramDraft()
    const input = draft.input([4], 'float32', Float32Array.of(1, Number.NaN, 2, 3))
    const output = draft.buffer([4], 'float32')
    const call = { routine: 'cumulative', op: 'max', axis: 0, reverse: false } as const
    const [got] = run(
      subject.backend,
      draft.finish([{ kind: 'host', name: 'test', call, inputs: [input], outputs: [output] }], [output]),
    )
    expect([...got]).toEqual([1, Number.NaN, Number.NaN, Number.NaN])
  })
})

describe.each(subjects)('programs on $name', (subject) => {
  const { backend } = subject
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
      const made = expressions(g, draft, extents, int(g, 1, 5), known.map(whole), subject.hasExactFunctions)
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

  it('of several steps, with storage used again', () => agrees(subject, chain, 0, 30))

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
    const x = backend.upload(Float32Array.of(1, 2))
    const outputs = backend.compile(negation).run([x], [false])
    const arrays = await Promise.all(outputs.map((h) => backend.download(h)))
    expect(arrays.map((a) => [...a])).toEqual([
      [-1, -2],
      [-1, -2],
      [1, 2],
    ])
    expect(new Set([backend.downloadSync(x), ...arrays]).size).toBe(4)
    expect(new Set([x, ...outputs]).size).toBe(4)
  })

  it('name what is wrong with their inputs', () => {
    const executable = backend.compile(negation)
    expect(() => executable.run([], [])).toThrow(`internal: ${backend.name}: 1 inputs are required, got 0.`)
    expect(() => executable.run([backend.upload(new Float32Array(3))], [false])).toThrow('f32[2]')
    expect(() => executable.run([backend.upload(new Float64Array(2))], [false])).toThrow('f32[2]')
    expect(() => executable.run([{}], [false])).toThrow("another backend's")
    const freed = backend.upload(new Float32Array(2))
    backend.free(freed)
    expect(() => backend.downloadSync(freed)).toThrow('freed')
  })
})
