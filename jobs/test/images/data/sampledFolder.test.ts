import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ImageFolder } from '../../../src/images/data/imageFolder.js'
import { sampledFolder } from '../../../src/images/data/sampledFolder.js'
import '../../../../src/io.js'

/** As a folder lists its images: one class after the other. */
const listed = (perClass: number, classes: number): ImageFolder => {
  const all = Array.from({ length: perClass * classes }, (_, i) => Math.floor(i / perClass))
  return {
    folder: 'f',
    files: all.map((c, i) => `${c}/${i}.png`),
    labels: Uint32Array.from(all),
    classes: Array.from({ length: classes }, (_, c) => String(c)),
  }
}

describe('sampledFolder', () => {
  it('has every image once with its label, and samples are beginnings of each other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(80),
        (perClass, classes, limit) => {
          const folder = listed(perClass, classes)
          const whole = sampledFolder(folder)
          expect([...whole.files].sort()).toEqual([...folder.files].sort())
          expect(whole.files.map((file) => file.split('/')[0])).toEqual(Array.from(whole.labels, String))
          const part = sampledFolder(folder, limit)
          expect(part.files).toEqual(whole.files.slice(0, limit))
          expect(part.labels).toEqual(whole.labels.slice(0, limit))
        },
      ),
      { numRuns: 30 },
    )
  })

  it('is of all classes where the first of the list would be of one', () => {
    const sample = sampledFolder(listed(100, 5), 100)
    const counts = [0, 1, 2, 3, 4].map((c) => sample.labels.filter((label) => label === c).length)
    // 20 of each are expected, give or take 3.6
    for (const count of counts) expect(Math.abs(count - 20)).toBeLessThan(15)
  })
})
