import * as fc from 'fast-check'
import type { Tensor } from '../../src/graph/tensor.js'
import { jit, np } from '../../src/index.js'
import { cos } from '../../src/ops/elementwise/trigonometric.js'
import { vjp } from '../../src/transforms/vjp.js'
import { formatProgram, type Program, type ProgramKind, programs, run } from '../arbitraries/program.js'
import { norm, Violation } from '../laws/closeness.js'
import { type Plain, toTensor } from '../laws/plain.js'
import { plainResults } from './plainResults.js'

const kind: ProgramKind = { rough: false, reverseOnly: false, mixed: false }

/** Numbers that differ from place to place. */
const weightsLike = (x: Tensor): Tensor =>
  cos(
    np
      .arange(x.size)
      .reshape([...x.shape])
      .astype(x.dtype),
  )

/** The program's results, and the gradient of a weighted sum of them. */
const withGradient = (program: Program) => (inputs: readonly Tensor[]) => {
  const [values, pull] = vjp((...xs: readonly Tensor[]) => run(program)(...xs), ...inputs)
  return [...values, ...pull(values.map(weightsLike))]
}

const inputsOf = ({ inputs }: Program, dtype: 'float32' | 'float64'): readonly Plain[] =>
  inputs.map((shape, k) => {
    const size = shape.reduce((n, d) => n * d, 1)
    return {
      dtype,
      shape,
      data: Array.from({ length: size }, (_, i) => Math.fround(1.5 * Math.sin(7 * i + 3 * k + 1))),
    }
  })

const results = (
  program: Program,
  dtype: 'float32' | 'float64',
  backend: string,
): Promise<readonly Plain[]> =>
  plainResults(jit(withGradient(program), { backend })(inputsOf(program, dtype).map(toTensor)))

const distance = (a: Plain, b: Plain): number =>
  norm([a.data.map((x, i) => (Object.is(x, b.data[i]) ? 0 : x - b.data[i]))])

/**
 * Random programs with control flow, and their gradients, in float32: on a backend as near to what float64 gives as a
 * small multiple of what the reference is off by rounding.
 * @throws Violation
 */
export const programsAgree = async (backend: string, count: number, seed: number): Promise<number> => {
  let compared = 0
  for (const program of fc.sample(programs(kind), { numRuns: count, seed })) {
    const exact = await results(program, 'float64', 'reference')
    const want = await results(program, 'float32', 'reference')
    const got = await results(program, 'float32', backend)
    exact.forEach((e, k) => {
      const size = norm([e.data])
      // overflow in one precision and not in the other says nothing
      if (!want[k].data.every(Number.isFinite) || size > 1e30) return
      compared++
      const allowed = 20 * distance(want[k], e) + 1e-5 * (1 + size)
      const off = distance(got[k], want[k])
      if (!(off <= allowed) || !got[k].data.every(Number.isFinite))
        throw new Violation(
          `result ${k} is ${off} off, where ${allowed} is allowed of ${size}: ${got[k].data} instead of ${want[k].data}; ${formatProgram(program)}`,
        )
    })
  }
  return compared
}
