import * as fc from 'fast-check'
import type { Tensor } from '../../src/graph/tensor.js'
import { type DType, isFloat } from '../../src/ir/dtype.js'
import { type Case, cases, formatCase, operation, type Row } from './opTable/row.js'
import { type Plain, toTensor } from './plain.js'

/** A case, and a whole number from which everything else a law needs is made. */
export type Trial = { readonly at: Case; readonly salt: number }

export const salts: fc.Arbitrary<number> = fc.nat(0xfffff)

/** Cases of the row's whole domain. */
export const anyTrials = (row: Row, dtype: DType): fc.Arbitrary<Trial> =>
  fc.record({ at: cases(row.forms(dtype)), salt: salts })

/** Special values where the row has them, else any. */
export const edgeTrials = (row: Row, dtype: DType): fc.Arbitrary<Trial> => {
  const edges = row.edges(dtype)
  return typeof edges === 'string' ? anyTrials(row, dtype) : fc.record({ at: cases(edges), salt: salts })
}

/** Cases of float64 away from kinks. Only for rows that have derivatives. */
export const smoothTrials = (row: Row): fc.Arbitrary<Trial> => {
  const { smooth } = row
  if (typeof smooth === 'string') throw new Error(`${row.primitive.name} has no derivative: ${smooth}`)
  const at = cases(smooth.forms).filter((c) => smooth.where?.(c) ?? true)
  return fc.record({ at, salt: salts })
}

/** Why a row has no derivatives at a dtype, or `null`. */
const derivativeException = (row: Row, dtype: DType): string | null => {
  if (typeof row.smooth === 'string') return row.smooth
  if (!isFloat(dtype)) return `${dtype} has no tangents`
  return dtype === 'float64' ? null : 'derivatives are compared in float64'
}

/** Why forward mode does not apply, or `null`. */
export const forwardException = (row: Row, dtype: DType): string | null =>
  derivativeException(row, dtype) ??
  (row.only === 'reverse' ? 'forward mode refuses a function that has a reverse rule only' : null)

/** Why reverse mode does not apply, or `null`. */
export const reverseException = (row: Row, dtype: DType): string | null =>
  derivativeException(row, dtype) ??
  (row.only === 'forward' ? 'reverse mode refuses a loop whose number of runs is not known before' : null)

export const formatTrial = (row: Row, { at, salt }: Trial): string => `${formatCase(row, at)}, salt ${salt}`

/** A case as a function of its float operands to its float results. */
export type Point = {
  readonly f: (...moving: readonly Tensor[]) => readonly Tensor[]
  readonly at: readonly Plain[]
}

export const pointOf = (row: Row, { params, operands }: Case): Point => {
  const run = operation(row, params)
  return {
    at: operands.filter((o) => isFloat(o.dtype)),
    f: (...moving) => {
      let next = 0
      const xs = operands.map((o) => (isFloat(o.dtype) ? moving[next++] : toTensor(o)))
      return run(...xs).filter((y) => isFloat(y.dtype))
    },
  }
}
