import * as fc from 'fast-check'
import type { Tensor } from '../../../src/graph/tensor.js'
import { vmap } from '../../../src/transforms/vmap.js'
import { evaluate, requireSameResults } from '../batches.js'
import type { Law } from '../law.js'
import { type Form, formatCase, operation, plainOf } from '../opTable/row.js'
import { movePlain, type Plain, slicePlain, stackPlain, toPlain, toTensor } from '../plain.js'

/** Operands with leading axes for an outer and an inner batch, where they have them. */
type NestedTrial = {
  readonly params: object
  readonly operands: readonly Plain[]
  readonly outer: readonly boolean[]
  readonly inner: readonly boolean[]
  readonly sizes: readonly [number, number]
}

const atLeastOne = (mask: readonly boolean[], otherwise: number): readonly boolean[] =>
  mask.includes(true) ? mask : mask.map((_, i) => i === otherwise)

const nestedTrials = (forms: fc.Arbitrary<Form<object>>): fc.Arbitrary<NestedTrial> =>
  forms.chain(({ params, operands }) => {
    const mask = fc.array(fc.boolean(), { minLength: operands.length, maxLength: operands.length })
    const last = Math.max(0, operands.length - 1)
    return fc
      .record({
        outer: mask,
        inner: mask,
        first: fc.nat(last),
        second: fc.nat(last),
        a: fc.integer({ min: 1, max: 3 }),
        b: fc.integer({ min: 1, max: 2 }),
      })
      .chain(({ outer: o, inner: n, first, second, a, b }) => {
        const [outer, inner] = [atLeastOne(o, first), atLeastOne(n, second)]
        return fc.record({
          params: fc.constant(params),
          operands: fc.tuple(
            ...operands.map((x, i) => plainOf(x, [...(outer[i] ? [a] : []), ...(inner[i] ? [b] : [])])),
          ),
          outer: fc.constant(outer),
          inner: fc.constant(inner),
          sizes: fc.constant<readonly [number, number]>([a, b]),
        })
      })
  })

const axesOf = (mask: readonly boolean[], axis: (i: number) => number): readonly (number | null)[] =>
  mask.map((m, i) => (m ? axis(i) : null))

export const nestedBatching: Law<NestedTrial> = {
  name: 'nestedBatching',
  statement: 'nested vmaps give the same in either order, and what two loops give',
  exception: () => null,
  trials: (row, dtype) => nestedTrials(row.forms(dtype)),
  format: (row, { params, operands, outer, inner }) =>
    `${formatCase(row, { params, operands })} mapped by [${outer}] outside, [${inner}] inside`,
  check: (row, { params, operands, outer, inner, sizes }) => {
    const run = (...xs: readonly Tensor[]) => operation(row, params)(...xs)
    const xs = operands.map(toTensor)
    const zero = () => 0
    const outerFirst = vmap(vmap(run, axesOf(inner, zero)), axesOf(outer, zero))(...xs).map(toPlain)
    const behind = (i: number) => (outer[i] ? 1 : 0)
    const innerFirst = vmap(
      vmap(run, axesOf(outer, zero)),
      axesOf(inner, behind),
    )(...xs).map((y) => movePlain(toPlain(y), 1, 0))
    const at = (x: Plain, i: number, a: number, b: number): Plain => {
      const without = outer[i] ? slicePlain(x, 0, a) : x
      return inner[i] ? slicePlain(without, 0, b) : without
    }
    const rows = Array.from({ length: sizes[0] }, (_, a) =>
      Array.from({ length: sizes[1] }, (_, b) =>
        evaluate(
          run,
          operands.map((x, i) => at(x, i, a, b)),
        ),
      ),
    )
    const want = rows[0][0].map((_, k) =>
      stackPlain(
        rows.map((r) =>
          stackPlain(
            r.map((ys) => ys[k]),
            0,
          ),
        ),
        0,
      ),
    )
    return Math.max(
      requireSameResults('outer first, result', row, outerFirst, want),
      requireSameResults('inner first, result', row, innerFirst, want),
    )
  },
}
