import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/io/temporaryFolder.js'
import { folderData } from '../../../src/images/data/folderData.js'
import type { DataLimits } from '../../../src/images/data/trainingData.js'
import { pngBytes, writeFiles } from './pngFiles.js'
import '../../../../src/io.js'

const folder = temporaryFolder()
const all: DataLimits = { limit: null, testLimit: null, validation: 0 }
const colours = ['blue', 'green', 'red'] as const
const image = { channels: 3, height: 4, width: 4, lightOnDark: false }

/** `perClass` images of each colour to learn from, grey-free; half as many to be tested on. */
const paint = (perClass: number): void => {
  for (const [c, name] of colours.entries())
    for (let i = 0; i < perClass; i++) {
      const pixel = () =>
        [0, 1, 2].map((channel) => (channel === 2 - c ? 200 + i : 10)) as [number, number, number]
      const png = pngBytes({ height: 3 + (i % 3), width: 5, pixel })
      writeFiles(folder(), {
        [`train/${name}/${i}.png`]: png,
        ...(i % 2 === 0 ? { [`test/${name}/${i}.png`]: png } : {}),
      })
    }
}

const load = async (limits: Partial<DataLimits>, classes?: readonly string[]) => {
  const options = { image, classes, requireClasses: () => E.right(undefined) }
  const loaded = await folderData(folder(), options, { ...all, ...limits })()
  if (E.isLeft(loaded)) throw new Error(loaded.left.message)
  return loaded.right
}

const classesIn = (labels: Uint32Array): number => new Set(labels).size

describe('folderData', () => {
  it('reads images with their labels, made of one size and three channels', async () => {
    paint(6)
    const { train, test, validation, source } = await load({})
    expect([train.count, test.count, validation]).toEqual([18, 9, null])
    expect([train.classes, train.channels, train.height, train.width]).toEqual([colours, 3, 4, 4])
    for (const set of [train, test])
      for (let i = 0; i < set.count; i++) {
        // the bright channel is that of the class
        const firsts = [0, 1, 2].map((channel) => set.pixels[48 * i + 16 * channel])
        expect(firsts.indexOf(Math.max(...firsts))).toBe(2 - set.labels[i])
      }
    expect(source).toBe(`PNGs of ${folder()}, made RGB 4×4`)
  })

  it('makes ink light on dark where the model reads it so, and only there', async () => {
    const ink = (paper: number, pen: number) =>
      pngBytes({
        height: 4,
        width: 4,
        colorType: 0,
        pixel: (_y, x) => (x === 2 ? [pen, pen, pen] : [paper, paper, paper]),
      })
    for (const part of ['train', 'test'])
      writeFiles(folder(), { [`${part}/a/1.png`]: ink(255, 0), [`${part}/b/1.png`]: ink(0, 255) })
    const digits = { channels: 1, height: 4, width: 4, lightOnDark: true }
    for (const lightOnDark of [true, false]) {
      const options = {
        image: { ...digits, lightOnDark },
        classes: undefined,
        requireClasses: () => E.right(undefined),
      }
      const loaded = await folderData(folder(), options, all)()
      if (E.isLeft(loaded)) throw new Error(loaded.left.message)
      const { train, test, source } = loaded.right
      for (const set of [train, test]) {
        const corners = Array.from(set.labels, (label, i) => [label, set.pixels[16 * i]]).sort()
        expect(corners).toEqual([
          [0, lightOnDark ? 0 : 255],
          [1, 0],
        ])
      }
      expect(source).toBe(`PNGs of ${folder()}, made grey 4×4${lightOnDark ? ', light on dark' : ''}`)
    }
  })

  it('limits to images of all classes, the same each time, and sets others apart for validation', async () => {
    paint(20)
    const { train, validation, test } = await load({ limit: 30, validation: 12, testLimit: 15 })
    expect([train.count, validation?.count, test.count]).toEqual([18, 12, 15])
    for (const set of [train, validation, test]) expect(set && classesIn(set.labels)).toBe(3)
    const again = await load({ limit: 30, validation: 12, testLimit: 15 })
    expect(again).toEqual({ train, validation, test, source: again.source })
    const whole = await load({ limit: 30 })
    expect(Buffer.compare(whole.train.pixels.subarray(0, 18 * 48), train.pixels)).toBe(0)
    expect(whole.train.labels.subarray(18)).toEqual(validation?.labels)
  })

  it('decodes no more than it takes: what is left out may be broken', async () => {
    paint(10)
    const few = await load({ limit: 5 })
    writeFiles(folder(), { 'train/red/0.png': 'broken' })
    const broken = await folderData(
      folder(),
      { image, classes: undefined, requireClasses: () => E.right(undefined) },
      all,
    )()
    expect(E.isLeft(broken) && broken.left.message).toMatch(/train\/red\/0\.png: a PNG was required/)
    expect((await load({ limit: 5 })).train).toEqual(few.train)
  })

  it('asks whether the classes will do, and leaves an image to learn from', async () => {
    paint(2)
    const failure = { _tag: 'Usage', message: 'no' }
    const options = { image, classes: undefined, requireClasses: () => E.left(failure) }
    expect(await folderData(folder(), options, all)()).toEqual(E.left(failure))
    const refused = await folderData(
      folder(),
      { ...options, requireClasses: () => E.right(undefined) },
      { ...all, validation: 6 },
    )()
    expect(E.isLeft(refused) && refused.left.message).toMatch(
      /--validation: fewer than the 6 training images/,
    )
  })
})
