import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { lawNames } from './law.js'
import { opTable } from './opTable/index.js'
import { programLaws } from './programLaws.js'
import { lawBackends } from './wiring.js'

/** What to check, how often, and where to write it down. */
export type LawFlags = {
  readonly runs: number
  readonly programs: number
  readonly seed: number
  readonly report: string | null
  /** Primitives; `null`: all of them. */
  readonly only: readonly string[] | null
  readonly law: readonly string[] | null
  readonly backend: readonly string[]
}

const integer =
  (what: string, low: number, high: number) =>
  (text: string): number => {
    const n = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (n >= low && n <= high) return n
    throw new InvalidArgumentError(`${what} is required.`)
  }

const namesAmong =
  (what: string, known: readonly string[]) =>
  (text: string): readonly string[] => {
    const names = text.split(',')
    const unknown = names.find((name) => !known.includes(name))
    if (unknown === undefined) return names
    throw new InvalidArgumentError(`${what} is required, got ${unknown}. One or more of ${known.join(', ')}.`)
  }

/** Flags of the command line, or the code to exit with: 0 after --help, 2 where something is wrong. */
export const parseLawFlags = (argv: readonly string[]): LawFlags | { readonly exitCode: number } => {
  const command = new Command('npm run laws --')
    .description('Checks every law on every primitive, and on random programs.')
    .option(
      '--runs <n>',
      'random trials for each primitive, law and dtype',
      integer('a positive integer', 1, 1e6),
      100,
    )
    .option(
      '--programs <n>',
      'random programs for each law (as many as runs; with --only, none)',
      integer('an integer', 0, 1e6),
    )
    .option('--seed <n>', 'of all trials', integer('an integer from 0 to 2147483647', 0, 2 ** 31 - 1), 0)
    .option('--report <file>', 'write a row for each primitive, law, dtype and backend as JSON')
    .option(
      '--only <names>',
      'these primitives, separated by commas',
      namesAmong(
        'a primitive',
        opTable.map((r) => r.primitive.name),
      ),
    )
    .option(
      '--law <names>',
      'these laws, separated by commas',
      namesAmong('a law', [...new Set([...lawNames, ...programLaws.map((l) => l.name)])]),
    )
    .option('--backend <names>', 'on these backends', namesAmong('a backend', lawBackends), lawBackends)
    .allowExcessArguments(false)
    .exitOverride()
  try {
    command.parse([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return { exitCode: error.exitCode === 0 ? 0 : 2 }
  }
  const { runs, programs, seed, report, only, law, backend } = command.opts<Partial<LawFlags>>()
  return {
    runs: runs ?? 100,
    programs: programs ?? (only === undefined ? (runs ?? 100) : 0),
    seed: seed ?? 0,
    report: report ?? null,
    only: only ?? null,
    law: law ?? null,
    backend: backend ?? lawBackends,
  }
}
