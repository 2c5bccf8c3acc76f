import { describe, expect, it } from 'vitest'
import { programLaws } from './programLaws.js'
import { checkProgramLaw } from './runLaws.js'
import { failureText } from './summary.js'
import { lawBackends } from './wiring.js'

/** Programs for each law; `npm run laws -- --programs 3000` takes more. */
const runs = 150

/** The same programs every time; `npm run laws -- --seed 1` takes others. */
const seed = 0

for (const backend of lawBackends)
  describe(`random programs on ${backend}`, () => {
    for (const law of programLaws)
      it(`${law.name}: ${law.statement}`, () => {
        const result = checkProgramLaw(law, backend, runs, seed)
        expect(result.status === 'failed' ? failureText(result) : '').toBe('')
      })
  })
