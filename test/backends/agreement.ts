import fc from 'fast-check'
import { expect } from 'vitest'
import { reference } from '../../src/backends/reference/index.js'
import { hasVectors, wasmBackend } from '../../src/backends/wasm/index.js'
import { webAssembly } from '../../src/backends/wasm/webAssembly.js'
import type { Backend } from '../../src/ir/backend.js'
import type { TypedArray } from '../../src/ir/dtype.js'
import type { Kernel } from '../../src/ir/program.js'
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

/** A backend that is compared with the naive interpreter. */
export type Subject = {
  readonly name: string
  readonly backend: Backend
  /** Whether functions like exp are those of JavaScript, to the last bit. */
  readonly hasExactFunctions: boolean
  /** Whether elements are joined in their order, so that what is not commutative has a meaning. */
  readonly joinsInOrder: boolean
  /** Of long sums of float64, relative. */
  readonly float64SumError: number
}

const platform = webAssembly
if (!hasVectors(platform))
  throw new Error('the tests of the WebAssembly engine need WebAssembly with vectors')

export const subjects: readonly Subject[] = [
  {
    name: 'reference',
    backend: reference,
    hasExactFunctions: true,
    joinsInOrder: true,
    float64SumError: 3e-16,
  },
  {
    name: 'wasm',
    backend: wasmBackend(platform),
    hasExactFunctions: false,
    joinsInOrder: false,
    float64SumError: 4e-15,
  },
]

/** A case's outputs on a backend. */
export const run = (backend: Backend, { program, inputs }: Case): TypedArray[] => {
  const executable = backend.compile(program)
  const before = inputs.map((data) => data.slice())
  const handles = inputs.map((data) => backend.upload(data))
  const none = inputs.map(() => false)
  const first = executable.run(handles, none).map((h) => backend.downloadSync(h).slice())
  const second = executable.run(handles, none).map((h) => backend.downloadSync(h))
  expectSame(second, first)
  expectSame(
    handles.map((h) => backend.downloadSync(h)),
    before,
  )
  const all = inputs.map(() => true)
  const donated = executable.run(handles, all).map((h) => backend.downloadSync(h))
  expectSame(donated, first)
  return second
}

/** A backend computes what the naive interpreter does, three times over, and leaves inputs alone that are not donated. */
export const agrees = (subject: Subject, build: (g: Draw) => Case, tolerance = 0, numRuns = 25): void => {
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const made = build(g)
      const before = made.inputs.map((data) => data.slice())
      const got = run(subject.backend, made)
      expectSame(got, interpretNaively(made.program, before), tolerance)
    }),
    { numRuns, endOnFailure: true },
  )
}

export const kernel = (part: Pick<Kernel, 'space' | 'reduction' | 'outputs'>): Kernel => ({
  kind: 'kernel',
  name: 'test',
  ...part,
})
