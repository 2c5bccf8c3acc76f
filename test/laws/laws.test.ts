import { describe, expect, it } from 'vitest'
import { dtypes } from '../../src/ir/dtype.js'
import { primitives } from '../../src/ops/primitives.js'
import { tableGaps } from './completeness.js'
import { laws } from './laws/index.js'
import { opTable } from './opTable/index.js'
import { checkLaw, type LawResult } from './runLaws.js'
import { failureText } from './summary.js'
import { lawBackends } from './wiring.js'

/** Trials for each primitive, law and dtype; `npm run laws -- --runs 300` takes more. */
const runs = 20

/** The same trials every time; `npm run laws -- --seed 1` takes others. */
const seed = 0

describe('the table of operations', () => {
  it('has one row for every primitive', () => {
    expect(tableGaps()).toEqual({ missing: [], unknown: [], repeated: [] })
    expect(opTable.length).toBe(Object.keys(primitives).length)
  })

  it('says of every law and dtype whether it applies, and why not', () => {
    for (const row of opTable)
      for (const [name, why] of Object.entries(row.exceptions))
        expect(why.length, `${row.primitive.name} ${name}`).toBeGreaterThan(0)
  })
})

for (const backend of lawBackends)
  describe(`laws on ${backend}`, () => {
    for (const row of opTable)
      it(row.primitive.name, () => {
        const results = laws.flatMap((law) =>
          dtypes.map((dtype): LawResult => checkLaw(row, law, dtype, backend, runs, seed)),
        )
        expect(
          results
            .filter((r) => r.status === 'failed')
            .map(failureText)
            .join('\n'),
        ).toBe('')
        expect(results.filter((r) => r.status === 'passed').length).toBeGreaterThan(0)
      })
  })
