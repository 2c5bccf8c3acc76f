import { nestingOperations } from '../arbitraries/program.js'
import type { LawResult } from './runLaws.js'

const count = (results: readonly LawResult[], status: LawResult['status']): number =>
  results.filter((r) => r.status === status).length

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`

/** `sin   46 passed   0 failed   29 not applicable   0.6 s`. */
export const resultLine = (name: string, results: readonly LawResult[], milliseconds: number): string => {
  const numbers = [count(results, 'passed'), count(results, 'failed'), count(results, 'notApplicable')]
  const [passed, failed, none] = numbers.map((n) => String(n).padStart(5))
  return `${name.padEnd(22)}${passed} passed${failed} failed${none} not applicable${seconds(milliseconds).padStart(10)}`
}

/** Failures with their counterexamples, as they are met. */
export const failureText = (r: LawResult): string =>
  `FAILED ${r.primitive}, ${r.law}, ${r.dtype}, ${r.backend}\n  ${r.why}`

const worst = (results: readonly LawResult[]): string => {
  const errors = results.flatMap((r) => (r.maxError === null ? [] : [r.maxError]))
  return errors.length === 0 ? '' : Math.max(...errors).toExponential(1)
}

/** A line for each law, and the totals. */
export const summaryTable = (
  results: readonly LawResult[],
  statements: ReadonlyMap<string, string>,
): string => {
  const title = (r: LawResult) => (r.primitive === 'random program' ? `program ${r.law}` : r.law)
  const titles = [...new Set(results.map(title))]
  const header = `${'law'.padEnd(24)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'n/a'.padStart(8)}${'error'.padStart(10)}`
  const lines = titles.map((name) => {
    const own = results.filter((r) => title(r) === name)
    const cells = [count(own, 'passed'), count(own, 'failed'), count(own, 'notApplicable')].map((n) =>
      String(n).padStart(8),
    )
    return `${name.padEnd(24)}${cells.join('')}${worst(own).padStart(10)}  ${statements.get(name) ?? ''}`
  })
  return [header, ...lines].join('\n')
}

/** How many random programs held each transform, loop or branch, and how many each other operation. */
export const constructTable = (results: readonly LawResult[]): string => {
  const totals = new Map<string, number>()
  for (const { constructs = {} } of results)
    for (const [name, n] of Object.entries(constructs)) totals.set(name, (totals.get(name) ?? 0) + n)
  const line = (title: string, names: readonly string[]): string =>
    `${title}: ${[...names]
      .sort((a, b) => (totals.get(b) ?? 0) - (totals.get(a) ?? 0))
      .map((name) => `${name} ${totals.get(name) ?? 0}`)
      .join(', ')}`
  const others = [...totals.keys()].filter((name) => !nestingOperations.includes(name))
  return totals.size === 0
    ? ''
    : `${line('programs with transforms, loops and branches', nestingOperations)}\n${line('programs with operations', others)}\n`
}

/** The last line. */
export const totalLine = (results: readonly LawResult[], seed: number, milliseconds: number): string => {
  const names = new Set(results.map((r) => r.primitive).filter((name) => name !== 'random program'))
  return `${count(results, 'passed')} passed, ${count(results, 'failed')} failed, ${count(results, 'notApplicable')} not applicable; ${names.size} primitives; seed ${seed}; ${seconds(milliseconds)}`
}
