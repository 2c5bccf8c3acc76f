import { describe, expect, it } from 'vitest'
import { loadBackend } from '../../../src/index.js'
import type { DType } from '../../../src/ir/dtype.js'
import { opTable } from '../../laws/opTable/index.js'
import { agreesWithReference, valuesAgree } from '../deviceLaws.js'

await loadBackend('gpujs:cpu')

const dtypes: readonly DType[] = ['float32', 'int32', 'uint32', 'bool']

/** Of 1 + the largest magnitude. */
const tolerance = 1e-5

describe('scalar kernels, in gpu.js’s own JavaScript, as on the reference', () => {
  for (const row of opTable)
    it(row.primitive.name, async () => {
      for (const dtype of dtypes.filter((d) => row.dtypes.includes(d))) {
        await valuesAgree(row, dtype, 'gpujs:cpu', { flushes: true }, 0)
        expect(await agreesWithReference(row, dtype, 'gpujs:cpu', tolerance, 0)).toBeLessThanOrEqual(
          tolerance,
        )
      }
    })
})
