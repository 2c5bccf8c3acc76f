import * as fc from 'fast-check'
import { type DType, dtypes } from '../../src/graph/dtype.js'
import { setDefaultBackend } from '../../src/transforms/backends.js'
import type { Law, LawName } from './law.js'
import type { Row } from './opTable/row.js'

/** One law for one primitive, dtype and backend. */
export type LawResult = {
  readonly primitive: string
  readonly law: LawName
  readonly dtype: DType
  readonly backend: string
  readonly status: 'passed' | 'failed' | 'notApplicable'
  /** Why it does not apply, or the shrunk counterexample with what is wrong there; else empty. */
  readonly why: string
  readonly maxError: number | null
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)

/** Why a law is not checked for a row at a dtype, or `null`. */
const exceptionOf = (row: Row, law: Law, dtype: DType): string | null => {
  if (!row.dtypes.includes(dtype)) return `${row.primitive.name} takes ${row.dtypes.join(', ')}`
  return row.exceptions[law.name] ?? law.exception(row, dtype)
}

/** Checks one law with `runs` random trials. */
export const checkLaw = (
  row: Row,
  law: Law,
  dtype: DType,
  backend: string,
  runs: number,
  seed: number,
): LawResult => {
  const about = { primitive: row.primitive.name, law: law.name, dtype, backend }
  const exception = exceptionOf(row, law, dtype)
  if (exception !== null) return { ...about, status: 'notApplicable', why: exception, maxError: null }
  setDefaultBackend(backend)
  let maxError = 0
  const property = fc.property(law.trials(row, dtype), (trial) => {
    maxError = Math.max(maxError, law.check(row, trial, dtype))
  })
  const details = fc.check(property, { numRuns: runs, seed })
  if (!details.failed) return { ...about, status: 'passed', why: '', maxError }
  const { counterexample, errorInstance, numRuns, numShrinks } = details
  const why =
    counterexample === null
      ? `no trial could be made: ${messageOf(errorInstance)}`
      : `${law.format(row, counterexample[0])}\n  ${messageOf(errorInstance)}\n  trial ${numRuns}, shrunk ${numShrinks} times; seed ${seed}`
  return { ...about, status: 'failed', why, maxError: null }
}

/** Every row × law × dtype × backend, in that order. */
export function* runLaws(
  rows: readonly Row[],
  laws: readonly Law[],
  backends: readonly string[],
  runs: number,
  seed: number,
): Generator<LawResult> {
  for (const backend of backends)
    for (const row of rows)
      for (const law of laws) for (const dtype of dtypes) yield checkLaw(row, law, dtype, backend, runs, seed)
}
