import { describe, expect, it } from 'vitest'
import '../../../src/index.js'
import { dtypes } from '../../../src/ir/dtype.js'
import { opTable } from '../../laws/opTable/index.js'
import { agreesWithReference, valuesAgree } from '../deviceLaws.js'
import { programsAgree } from '../devicePrograms.js'
import { threadedEngine } from './watchedThreads.js'

/** Of 1 + the largest magnitude; float32 differs by some ULP, everything else hardly. */
const toleranceOf = { float32: 2e-6, float64: 1e-12, int32: 2e-6, uint32: 2e-6, bool: 2e-6 }

const backends = ['wasm', 'wasm with two threads'] as const
await threadedEngine(backends[1], 2)

describe.each(backends)('on %s, as on the reference', (backend) => {
  for (const row of opTable)
    it(row.primitive.name, async () => {
      for (const dtype of dtypes.filter((d) => row.dtypes.includes(d))) {
        const tolerance = toleranceOf[dtype]
        await valuesAgree(row, dtype, backend, { flushes: false }, 0)
        expect(await agreesWithReference(row, dtype, backend, tolerance, 0)).toBeLessThanOrEqual(tolerance)
      }
    })

  it('random programs and their gradients', async () => {
    expect(await programsAgree(backend, 100, 0)).toBeGreaterThan(100)
  })
})
