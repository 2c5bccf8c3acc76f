import * as fc from 'fast-check'
import { type DType, isFloat, storedValue } from '../../../src/ir/dtype.js'
import { type DotParams, dotGeneralP } from '../../../src/ops/matrices/dotGeneral.js'
import { elementAt, positions } from '../plain.js'
import { anyOf, reals } from './elements.js'
import { numeric } from './elementwise.js'
import { notElementwise } from './movement.js'
import type { Form, Row } from './row.js'

/** What an axis is for. */
type Role = 'batch' | 'contract' | 'lhs' | 'rhs'
type Label = { readonly role: Role; readonly size: number }

const labels = (role: Role, most: number): fc.Arbitrary<readonly Label[]> =>
  fc
    .array(
      fc.oneof({ weight: 12, arbitrary: fc.constantFrom(1, 2, 3) }, { weight: 1, arbitrary: fc.constant(0) }),
      { maxLength: most },
    )
    .map((sizes) => sizes.map((size) => ({ role, size })))

const shuffled = (xs: readonly Label[]): fc.Arbitrary<readonly Label[]> =>
  fc.shuffledSubarray([...xs], { minLength: xs.length, maxLength: xs.length })

const forms = (dtype: DType, elements: fc.Arbitrary<number>): fc.Arbitrary<Form<DotParams>> =>
  fc
    .tuple(labels('batch', 2), labels('contract', 2), labels('lhs', 1), labels('rhs', 1))
    .chain(([batch, contract, lhs, rhs]) =>
      fc.tuple(
        fc.constant({ batch, contract }),
        shuffled([...batch, ...contract, ...lhs]),
        shuffled([...batch, ...contract, ...rhs]),
      ),
    )
    .map(([{ batch, contract }, lhs, rhs]) => ({
      params: {
        lhsContract: contract.map((l) => lhs.indexOf(l)),
        rhsContract: contract.map((l) => rhs.indexOf(l)),
        lhsBatch: batch.map((l) => lhs.indexOf(l)),
        rhsBatch: batch.map((l) => rhs.indexOf(l)),
      },
      operands: [lhs, rhs].map((axes) => ({ dtype, shape: axes.map((l) => l.size), elements })),
    }))

/** The axes of one operand that are in neither list. */
const others = (rank: number, used: readonly number[]): readonly number[] =>
  Array.from({ length: rank }, (_, i) => i).filter((i) => !used.includes(i))

const rowOf: Row<DotParams> = {
  primitive: dotGeneralP,
  dtypes: numeric,
  forms: (dtype) => forms(dtype, isFloat(dtype) ? reals(-2, 2) : anyOf(dtype)),
  oracle: ([x, y], p) => {
    const xFree = others(x.shape.length, [...p.lhsContract, ...p.lhsBatch])
    const yFree = others(y.shape.length, [...p.rhsContract, ...p.rhsBatch])
    const sizes = (axes: readonly number[], shape: readonly number[]) => axes.map((a) => shape[a])
    const inner = positions(sizes(p.lhsContract, x.shape))
    const shape = [...sizes(p.lhsBatch, x.shape), ...sizes(xFree, x.shape), ...sizes(yFree, y.shape)]
    const place = (rank: number, pairs: readonly (readonly [readonly number[], readonly number[]])[]) => {
      const at = new Array<number>(rank).fill(0)
      for (const [axes, values] of pairs)
        axes.forEach((a, i) => {
          at[a] = values[i]
        })
      return at
    }
    const terms = positions(shape).map((o) => {
      const b = o.slice(0, p.lhsBatch.length)
      const m = o.slice(b.length, b.length + xFree.length)
      const n = o.slice(b.length + xFree.length)
      return inner.map((k): readonly [number, number] => [
        elementAt(
          x,
          place(x.shape.length, [
            [p.lhsBatch, b],
            [xFree, m],
            [p.lhsContract, k],
          ]),
        ),
        elementAt(
          y,
          place(y.shape.length, [
            [p.rhsBatch, b],
            [yFree, n],
            [p.rhsContract, k],
          ]),
        ),
      ])
    })
    const sum = (pairs: readonly (readonly [number, number])[]): number =>
      isFloat(x.dtype)
        ? pairs.reduce((s, [a, c]) => s + a * c, 0)
        : Number(
            BigInt.asIntN(
              32,
              pairs.reduce((s, [a, c]) => s + BigInt(a) * BigInt(c), 0n),
            ),
          )
    return [
      {
        dtype: x.dtype,
        shape,
        data: terms.map((pairs) => storedValue(x.dtype, sum(pairs))),
        scale: terms.map((pairs) => pairs.reduce((s, [a, c]) => s + Math.abs(a * c), 0)),
      },
    ]
  },
  ulps: { float32: 16, float64: 16, why: 'sums of up to nine products, relative to the sum of magnitudes' },
  smooth: { forms: forms('float64', reals(-2, 2)) },
  edges: () => notElementwise,
  exceptions: {},
}

export const contraction: readonly Row[] = [rowOf]
