import { writeFileSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import { loadNow, machine, machineText } from './machine.js'
import { type Effort, measure } from './measure.js'
import { rowsOfProcess } from './ownProcess.js'
import { type Row, rowOfFigure, rowsOf } from './row.js'
import type { Figure, Suite, Work } from './suite.js'
import { suites, threaded, threadsVariable } from './suites.js'
import { tableOf } from './table.js'

type Flags = {
  readonly only?: string
  readonly work?: string
  readonly json?: string
  readonly rounds: number
  readonly threads: readonly number[]
}

const count = (text: string): number => {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('A whole number from 1 is required.')
  return n
}

const rowsOfSuite = async (suite: Suite, wanted: string, effort: Effort): Promise<readonly Row[]> => {
  const rows: Row[] = []
  const isWanted = ({ work, shape }: Work | Figure) => `${work} ${shape}`.includes(wanted)
  for (const work of suite.works.filter(isWanted)) {
    process.stderr.write(`${work.backend ?? suite.backend}: ${work.work} ${work.shape}\n`)
    const { ours, peers, absent, close } = await work.prepare()
    const [own, ...others] = await measure([ours, ...peers], { ...effort, ...work.effort })
    close()
    const beside = peers.map((peer, i) => ({ peer, measured: others[i] }))
    rows.push(...rowsOf(suite, work, own, beside, absent))
  }
  for (const figure of suite.figures?.filter(isWanted) ?? []) {
    process.stderr.write(`${suite.backend}: ${figure.work} ${figure.shape}\n`)
    rows.push(await rowOfFigure(suite, figure))
  }
  return rows
}

const counts = (text: string): readonly number[] => text.split(',').map(count)

/** Of a suite that runs on threads: for each number of them a process, since the engine starts once. */
const rowsByThreads = (name: string, { work = '', rounds, threads }: Flags): readonly Row[] =>
  threads.flatMap((n) => {
    process.stderr.write(`${name}, ${n} threads\n`)
    const flags = ['--only', name, '--work', work, '--rounds', String(rounds)]
    return rowsOfProcess(flags, { [threadsVariable]: String(n) })
  })

const run = async (flags: Flags): Promise<void> => {
  const { only, work = '', json, rounds } = flags
  const before = loadNow()
  const effort: Effort = { rounds, warmUp: 1000, sample: 30, most: 10_000 }
  const rows: Row[] = []
  for (const [name, load] of Object.entries(suites)) {
    if (only !== undefined && only !== name) continue
    if (threaded.has(name) && process.env[threadsVariable] === undefined) {
      rows.push(...rowsByThreads(name, flags))
      continue
    }
    const suite = await load()
    try {
      rows.push(...(await rowsOfSuite(suite, work, effort)))
    } finally {
      await suite.close?.()
    }
  }
  const on = machine(before)
  process.stdout.write(`${tableOf(rows)}\n\n${machineText(on)}\n`)
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine: on, rows }, null, 2)}\n`)
}

await new Command('bench')
  .description('Measures backends beside other libraries, in one process.')
  .addOption(new Option('--only <suite>', 'one suite alone').choices(Object.keys(suites)))
  .option('--work <text>', 'only works whose name or shape contains this')
  .option('--json <file>', 'also write the rows to a file')
  .addOption(new Option('--rounds <n>', 'rounds, each of all contenders').default(9).argParser(count))
  .addOption(
    new Option(
      '--threads <list>',
      `numbers of threads, where a suite has any and ${threadsVariable} is not set`,
    )
      .default([1, 2])
      .argParser(counts),
  )
  .action(run)
  .parseAsync()
