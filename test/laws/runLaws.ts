import * as fc from 'fast-check'
import { setDefaultBackend } from '../../src/compiler/backends.js'
import type { DType } from '../../src/ir/dtype.js'
import { operationsOf } from '../arbitraries/program.js'
import type { Law } from './law.js'
import type { Row } from './opTable/row.js'
import { formatProgramTrial, type ProgramLaw, programTrials } from './programLaws.js'
import { Salt } from './salt.js'

/** One law for one primitive, dtype and backend. */
export type LawResult = {
  readonly primitive: string
  /** Of single primitives (`LawName`), or of programs. */
  readonly law: string
  readonly dtype: DType
  readonly backend: string
  readonly status: 'passed' | 'failed' | 'notApplicable'
  /** Why it does not apply, or the shrunk counterexample with what is wrong there; else empty. */
  readonly why: string
  readonly maxError: number | null
  /** Of random programs: how many held each operation, nested ones included. */
  readonly constructs?: Readonly<Record<string, number>>
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)

/** Why a law is not checked for a row at a dtype, or `null`. */
const exceptionOf = (row: Row, law: Law, dtype: DType): string | null => {
  if (!row.dtypes.includes(dtype)) return `${row.primitive.name} takes ${row.dtypes.join(', ')}`
  return row.exceptions[law.name] ?? law.exception(row, dtype)
}

type About = Pick<LawResult, 'primitive' | 'law' | 'dtype' | 'backend'>

/** Checks a property, which returns its error, on `runs` random trials. */
const checkTrials = <T>(
  about: About,
  trials: fc.Arbitrary<T>,
  check: (trial: T) => number,
  format: (trial: T) => string,
  runs: number,
  seed: number,
): LawResult => {
  setDefaultBackend(about.backend)
  let maxError = 0
  const property = fc.property(trials, (trial) => {
    maxError = Math.max(maxError, check(trial))
  })
  const details = fc.check(property, { numRuns: runs, seed })
  if (!details.failed) return { ...about, status: 'passed', why: '', maxError }
  const { counterexample, errorInstance, numRuns, numShrinks } = details
  const why =
    counterexample === null
      ? `no trial could be made: ${messageOf(errorInstance)}`
      : `${format(counterexample[0])}\n  ${messageOf(errorInstance)}\n  trial ${numRuns}, shrunk ${numShrinks} times; seed ${seed}`
  return { ...about, status: 'failed', why, maxError: null }
}

/** Checks one law of a primitive. */
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
  return checkTrials(
    about,
    law.trials(row, dtype),
    (trial) => law.check(row, trial, dtype),
    (trial) => law.format(row, trial),
    runs,
    seed,
  )
}

/** Checks one law of random programs. */
export const checkProgramLaw = (law: ProgramLaw, backend: string, runs: number, seed: number): LawResult => {
  const counts = new Map<string, number>()
  const result = checkTrials(
    { primitive: 'random program', law: law.name, dtype: 'float64', backend },
    programTrials(law),
    (trial) => {
      for (const name of operationsOf(trial.program)) counts.set(name, (counts.get(name) ?? 0) + 1)
      return law.check(trial, new Salt(trial.salt))
    },
    formatProgramTrial,
    runs,
    seed,
  )
  return { ...result, constructs: Object.fromEntries(counts) }
}
