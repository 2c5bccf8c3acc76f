import type * as fc from 'fast-check'
import type { DType } from '../../src/ir/dtype.js'
import type { Row } from './opTable/row.js'

/** Every law by name, in the order they are checked. */
export const lawNames = [
  'shapeRule',
  'values',
  'edgeValues',
  'forwardDifferences',
  'reverseDifferences',
  'adjoint',
  'transposition',
  'secondOrder',
  'float32Gradient',
  'batching',
  'nestedBatching',
  'batchedGradient',
  'jit',
  'passes',
  'soundGraphs',
  'serialisation',
  'inputsUnchanged',
] as const
export type LawName = (typeof lawNames)[number]

/** A property that every row has to have. */
export interface Law<T = unknown> {
  readonly name: LawName
  /** One line for the reader of a report. */
  readonly statement: string
  /** Why it does not apply, or `null`. */
  exception(row: Row, dtype: DType): string | null
  trials(row: Row, dtype: DType): fc.Arbitrary<T>
  /** The largest error met. @throws Violation */
  check(row: Row, trial: T, dtype: DType): number
  format(row: Row, trial: T): string
}
