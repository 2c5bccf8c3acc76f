import fc from 'fast-check'
import { expect } from 'vitest'
import { reference } from '../../src/backends/reference/index.js'
import type { TypedArray } from '../../src/graph/dtype.js'
import type { Kernel } from '../../src/graph/kernel/program.js'
import type { Case, Draw } from './arbitraries/draw.js'
import { interpretNaively } from './interpretNaively.js'

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

/** A case's outputs on the reference backend. */
export const run = ({ program, inputs }: Case): TypedArray[] => {
  const executable = reference.compile(program)
  const handles = inputs.map((data) => reference.upload(data))
  const none = inputs.map(() => false)
  const first = executable.run(handles, none).map((h) => reference.downloadSync(h).slice())
  const second = executable.run(handles, none).map((h) => reference.downloadSync(h))
  expectSame(second, first)
  return second
}

/** The reference backend computes what the naive interpreter does, twice over, and leaves its inputs alone. */
export const agrees = (build: (g: Draw) => Case, tolerance = 0, numRuns = 25): void => {
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const made = build(g)
      const before = made.inputs.map((data) => data.slice())
      const got = run(made)
      expectSame(got, interpretNaively(made.program, made.inputs), tolerance)
      expectSame(made.inputs, before)
    }),
    { numRuns, endOnFailure: true },
  )
}

export const kernel = (part: Pick<Kernel, 'space' | 'reduction' | 'outputs'>): Kernel => ({
  kind: 'kernel',
  name: 'test',
  ...part,
})
