import './unfrozen.js'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import * as fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { reference } from '../../../src/backends/reference/index.js'
import { registerBackend } from '../../../src/compiler/backends.js'
import type { Lowering } from '../../../src/graph/lowering.js'
import type { AnyPrimitive } from '../../../src/graph/primitive.js'
import { atomicWrite } from '../../../src/io/atomicWrite.js'
import { type DType, dtypes } from '../../../src/ir/dtype.js'
import { laws } from '../laws/index.js'
import { opTable } from '../opTable/index.js'
import type { Row } from '../opTable/row.js'
import { checkLaw } from '../runLaws.js'
import { type Example, type Mutant, mutantsOf } from './mutants.js'
import { explainedSurvivors } from './survivors.js'
import '../wiring.js'

type Outcome = {
  readonly mutant: string
  readonly rule: string
  readonly change: string
  /** The law that saw it, and what it said. */
  readonly killedBy: string | null
  readonly why: string
}

type Flags = {
  readonly runs: number
  readonly seed: number
  readonly limit: number
  readonly only: readonly string[] | null
  readonly report: string | null
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const integer = (text: string): number => {
  const n = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (n >= 0 && n <= 1e6) return n
  throw new InvalidArgumentError('an integer is required.')
}

const primitiveNames = (text: string): readonly string[] => {
  const names = text.split(',')
  const unknown = names.find((name) => !opTable.some((row) => row.primitive.name === name))
  if (unknown === undefined) return names
  throw new InvalidArgumentError(`a primitive is required, got ${unknown}.`)
}

const parse = (argv: readonly string[]): Flags | { readonly exitCode: number } => {
  const command = new Command('npm run mutate --')
    .description('Makes rules wrong one at a time, and says which law of the primitive sees it.')
    .option('--runs <n>', 'random trials for each law', integer, 12)
    .option('--seed <n>', 'of the trials, and of what is chosen by --limit', integer, 0)
    .option('--limit <n>', 'at most so many wrong rules, chosen at random', integer, 1e6)
    .option('--only <names>', 'of these primitives, separated by commas', primitiveNames)
    .option('--report <file>', 'write a row for each wrong rule as JSON')
    .allowExcessArguments(false)
    .exitOverride()
  try {
    command.parse([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return { exitCode: error.exitCode === 0 ? 0 : 2 }
  }
  const { runs, seed, limit, only, report } = command.opts<Partial<Flags>>()
  return {
    runs: runs ?? 12,
    seed: seed ?? 0,
    limit: limit ?? 1e6,
    only: only ?? null,
    report: report ?? null,
  }
}

const dtypesOf = (row: Row): readonly DType[] => dtypes.filter((d) => row.dtypes.includes(d)).reverse()

/** How a primitive lowers, for a random form of its row. */
const exampleOf = (row: Row): Example => {
  const { only } = row
  const [form] = fc.sample(row.forms(dtypesOf(row)[0]), { numRuns: 1, seed: 1 })
  if (row.apply !== undefined) {
    // bound by its maker, with parameters of its own: only a fixed way of lowering can be told
    const p = row.primitive
    const kinds: Readonly<Record<string, Lowering['kind']>> = { scan: 'loop', cond: 'branch' }
    const kind = kinds[p.name]
    return { lowering: kind === undefined ? null : placeholder(kind), operands: form.operands.length, only }
  }
  const avals = form.operands.map((o) => ({ shape: o.shape, dtype: o.dtype, weakType: false }))
  const outs = row.primitive.abstractEval(avals, form.params)
  return { lowering: row.primitive.lower(avals, form.params, outs), operands: avals.length, only }
}

const placeholder = (kind: Lowering['kind']): Lowering =>
  kind === 'loop'
    ? {
        kind: 'loop',
        body: { inputs: [], eqns: [], outputs: [] },
        constants: 0,
        carried: 0,
        length: 0,
        reverse: false,
      }
    : { kind: 'branch', branches: [] }

type Open = { -readonly [K in keyof AnyPrimitive]: AnyPrimitive[K] }

let backends = 0

/** Runs the laws of a primitive with one rule replaced, until one fails. */
const attack = (row: Row, { primitive, field, change, rule }: Mutant, { runs, seed }: Flags): Outcome => {
  // programs compiled with other rules are not found under a new name
  const backend = `reference ${backends++}`
  registerBackend(backend, { ...reference, name: backend })
  const open = primitive as Open
  const saved = open[field]
  const about = { mutant: primitive.name, rule: field, change }
  Object.assign(open, { [field]: rule })
  try {
    for (const dtype of dtypesOf(row)) {
      for (const law of laws) {
        const result = checkLaw(row, law, dtype, backend, runs, seed)
        if (result.status === 'failed')
          return { ...about, killedBy: `${law.name}, ${dtype}`, why: result.why }
      }
    }
    return { ...about, killedBy: null, why: '' }
  } finally {
    Object.assign(open, { [field]: saved })
  }
}

/** `k` of the items, in their order, by a fixed shuffle. */
const chosen = <T>(items: readonly T[], k: number, seed: number): readonly T[] =>
  k >= items.length
    ? items
    : (
        fc.sample(fc.shuffledSubarray([...items.keys()], { minLength: k, maxLength: k }), {
          numRuns: 1,
          seed,
        })[0] ?? []
      )
        .sort((a, b) => a - b)
        .map((i) => items[i])

const keyOf = (o: Outcome): string => `${o.mutant}, ${o.rule}: ${o.change}`

/** A mistake of the script's own would look like a law's success. */
const isMistake = (o: Outcome): boolean => /\b(TypeError|ReferenceError|call stack)\b/.test(o.why)

const summary = (outcomes: readonly Outcome[]): string => {
  const rules = [...new Set(outcomes.map((o) => o.rule))]
  return rules
    .map((rule) => {
      const own = outcomes.filter((o) => o.rule === rule)
      const killed = own.filter((o) => o.killedBy !== null).length
      const distinct = new Set(own.map((o) => o.mutant)).size
      return `${rule.padEnd(14)}${String(own.length).padStart(6)} wrong versions of ${String(distinct).padStart(4)} rules, ${String(killed).padStart(5)} seen`
    })
    .join('\n')
}

const main = async (): Promise<number> => {
  const flags = parse(process.argv.slice(2))
  if ('exitCode' in flags) return flags.exitCode
  const rows = opTable.filter((row) => flags.only === null || flags.only.includes(row.primitive.name))
  const mutants = rows.flatMap((row) =>
    mutantsOf(row.primitive, exampleOf(row)).map((mutant) => ({ row, mutant })),
  )
  const outcomes: Outcome[] = []
  for (const { row, mutant } of chosen(mutants, flags.limit, flags.seed)) {
    const outcome = attack(row, mutant, flags)
    outcomes.push(outcome)
    if (process.stderr.isTTY)
      process.stderr.write(`\r\x1b[K${outcomes.length} of ${mutants.length} ${keyOf(outcome)}`)
    if (isMistake(outcome)) print(`MISTAKE ${keyOf(outcome)}\n  ${outcome.why}`)
    if (outcome.killedBy === null)
      print(`survived: ${keyOf(outcome)}\n  ${explainedSurvivors[keyOf(outcome)] ?? 'NOT EXPLAINED'}`)
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  const alive = outcomes.filter((o) => o.killedBy === null)
  const counted = outcomes.filter((o) => o.killedBy !== null || explainedSurvivors[keyOf(o)] === undefined)
  const killed = outcomes.length - alive.length
  const rate = killed / Math.max(1, outcomes.length)
  print(summary(outcomes))
  print(
    `${killed} of ${outcomes.length} seen, ${(100 * rate).toFixed(1)} %; ${new Set(outcomes.map((o) => `${o.mutant} ${o.rule}`)).size} rules of ${new Set(outcomes.map((o) => o.mutant)).size} primitives; ${alive.length} survived, ${counted.length - killed} of them not explained; seed ${flags.seed}`,
  )
  if (flags.report !== null) {
    const written = await atomicWrite(flags.report, `${JSON.stringify(outcomes, null, 1)}\n`)()
    if (isLeft(written)) {
      process.stderr.write(`--report: ${written.left.message}\n`)
      return 1
    }
  }
  return rate < 0.97 || counted.length > killed || outcomes.some(isMistake) ? 1 : 0
}

process.exitCode = await main()
