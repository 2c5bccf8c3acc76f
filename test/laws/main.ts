import { isLeft } from 'fp-ts/lib/Either.js'
import { atomicWrite } from '../../src/io/atomicWrite.js'
import { dtypes } from '../../src/ir/dtype.js'
import { tableGaps } from './completeness.js'
import { type LawFlags, parseLawFlags } from './lawFlags.js'
import { laws } from './laws/index.js'
import { opTable } from './opTable/index.js'
import { programLaws } from './programLaws.js'
import { checkLaw, checkProgramLaw, type LawResult } from './runLaws.js'
import { constructTable, failureText, resultLine, summaryTable, totalLine } from './summary.js'

const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** Runs one group of checks and prints its line; failures at once. */
const group = (name: string, checks: readonly (() => LawResult)[]): readonly LawResult[] => {
  const began = performance.now()
  const results = checks.map((check, i) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${name} ${i + 1}/${checks.length}`)
    return check()
  })
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  print(resultLine(name, results, performance.now() - began))
  for (const r of results) if (r.status === 'failed') print(failureText(r))
  return results
}

/** A primitive without a row cannot be checked, which is a failure of its own. */
const gaps = (): readonly LawResult[] => {
  const { missing, unknown, repeated } = tableGaps()
  const problems = [
    ...missing.map((name) => ({ name, why: 'no row in the table of operations' })),
    ...unknown.map((name) => ({ name, why: 'a row for what is in no primitives.ts of src/ops' })),
    ...repeated.map((name) => ({ name, why: 'more than one row' })),
  ]
  return problems.map(({ name, why }): LawResult => {
    const result: LawResult = {
      primitive: name,
      law: 'hasOneRow',
      dtype: 'float32',
      backend: 'reference',
      status: 'failed',
      why,
      maxError: null,
    }
    print(failureText(result))
    return result
  })
}

const runAll = ({ runs, programs, seed, only, law, backend }: LawFlags): readonly LawResult[] => {
  const chosen = (name: string): boolean => law === null || law.includes(name)
  const rows = opTable.filter((row) => only === null || only.includes(row.primitive.name))
  const single = backend.flatMap((b) =>
    rows.flatMap((row) =>
      group(
        row.primitive.name,
        laws
          .filter((l) => chosen(l.name))
          .flatMap((l) => dtypes.map((dtype) => () => checkLaw(row, l, dtype, b, runs, seed))),
      ),
    ),
  )
  if (programs === 0) return [...gaps(), ...single]
  const whole = backend.flatMap((b) =>
    programLaws
      .filter((l) => chosen(l.name))
      .flatMap((l) => group(`program ${l.name}`, [() => checkProgramLaw(l, b, programs, seed)])),
  )
  return [...gaps(), ...single, ...whole]
}

const statements = new Map<string, string>([
  ...laws.map((l): [string, string] => [l.name, l.statement]),
  ...programLaws.map((l): [string, string] => [`program ${l.name}`, l.statement]),
])

const main = async (): Promise<number> => {
  const flags = parseLawFlags(process.argv.slice(2))
  if ('exitCode' in flags) return flags.exitCode
  const began = performance.now()
  const results = runAll(flags)
  print('')
  print(summaryTable(results, statements))
  process.stdout.write(constructTable(results))
  print(totalLine(results, flags.seed, performance.now() - began))
  if (flags.report !== null) {
    const written = await atomicWrite(flags.report, `${JSON.stringify(results, null, 1)}\n`)()
    if (isLeft(written)) {
      process.stderr.write(`--report: ${written.left.message}\n`)
      return 1
    }
  }
  return results.some((r) => r.status === 'failed') ? 1 : 0
}

process.exitCode = await main()
