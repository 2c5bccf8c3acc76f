import { expect, it } from 'vitest'
import type { DType } from '../../../src/ir/dtype.js'
import { opTable } from '../../laws/opTable/index.js'
import { agreesWithReference, valuesAgree } from '../deviceLaws.js'
import { describeOnGl, headless } from './gl.js'

const dtypes: readonly DType[] = ['float32', 'int32', 'uint32', 'bool']

/** Of 1 + the largest magnitude. */
const tolerance = 1e-5

describeOnGl('on headless GL, as on the reference', () => {
  for (const row of opTable)
    it(row.primitive.name, async () => {
      for (const dtype of dtypes.filter((d) => row.dtypes.includes(d))) {
        await valuesAgree(row, dtype, headless, { flushes: true }, 0)
        expect(await agreesWithReference(row, dtype, headless, tolerance, 0)).toBeLessThanOrEqual(tolerance)
      }
    })
})
