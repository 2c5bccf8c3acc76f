import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openImageFolder } from '../../../src/images/data/imageFolder.js'
import { loadImageFolder, type PictureForm } from '../../../src/images/data/loadImageFolder.js'
import { pngBytes, writeFiles } from './pngFiles.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'grad-ts-images-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

type Options = PictureForm & { readonly classes?: readonly string[] }

const load = async (options: Options = {}) => {
  const loaded = await loadImageFolder(folder, options)()
  if (E.isLeft(loaded)) throw new Error(loaded.left.message)
  return loaded.right
}

/** The words of the refusal, the folder's own path left out. */
const refusal = async (options: Options = {}): Promise<string> => {
  const loaded = await loadImageFolder(folder, options)()
  if (E.isRight(loaded)) throw new Error('a refusal was expected')
  return loaded.left.message.replaceAll(folder, 'FOLDER')
}

/** 2×3 of one colour. */
const plain = (r: number, g = r, b = r) => pngBytes({ height: 2, width: 3, pixel: () => [r, g, b] })
const grey = (value: number) =>
  pngBytes({ height: 2, width: 3, colorType: 0, pixel: () => [value, value, value] })

describe('folders named after classes', () => {
  it('are read in the order of classes and files', async () => {
    writeFiles(folder, {
      'yield/b.png': plain(30),
      'yield/a.PNG': plain(20, 21, 22),
      'stop/z.png': plain(10),
      'stop/notes.txt': 'not an image',
      '.cache/x.png': 'hidden',
    })
    const set = await load()
    expect(set.classes).toEqual(['stop', 'yield'])
    expect(Array.from(set.labels)).toEqual([0, 1, 1])
    expect([set.count, set.channels, set.height, set.width]).toEqual([3, 3, 2, 3])
    const firsts = Array.from({ length: 9 }, (_, i) => set.pixels[6 * i])
    expect(firsts).toEqual([10, 10, 10, 20, 21, 22, 30, 30, 30])
  })

  it('that are numbers are in the order of numbers', async () => {
    writeFiles(folder, { '10/a.png': grey(10), '2/a.png': grey(2), '0/a.png': grey(0) })
    const set = await load()
    expect(set.classes).toEqual(['0', '2', '10'])
    expect([set.channels, ...Array.from(set.labels)]).toEqual([1, 0, 1, 2])
  })

  it('take the classes of another set, and may lack some', async () => {
    writeFiles(folder, { 'c/a.png': grey(1), 'a/a.png': grey(2) })
    const set = await load({ classes: ['a', 'b', 'c'] })
    expect([Array.from(set.labels), set.classes]).toEqual([
      [0, 2],
      ['a', 'b', 'c'],
    ])
    expect(await refusal({ classes: ['a', 'b'] })).toBe(
      'FOLDER/c: a folder named after one of the 2 classes was required, got "c". Rename or remove it, or name more classes.',
    )
  })
})

describe('labels.csv', () => {
  it('names files and classes', async () => {
    writeFiles(folder, {
      'labels.csv':
        '\uFEFFfile,label\r\nx/1.png , stop\r\n  \r\n"x/a, b.png","the ""give way"""\r\nx/1.png,stop\r\n',
      'x/1.png': grey(1),
      'x/a, b.png': grey(2),
    })
    const set = await load()
    expect(set.classes).toEqual(['stop', 'the "give way"'])
    expect(Array.from(set.labels)).toEqual([0, 1, 0])
    expect(Array.from({ length: 3 }, (_, i) => set.pixels[6 * i])).toEqual([1, 2, 1])
  })

  it('numbers classes, or places among those named', async () => {
    writeFiles(folder, { 'labels.csv': 'file,label\na.png,1\na.png,0\na.png,01\n', 'a.png': grey(1) })
    const opened = await openImageFolder(folder)()
    expect(E.isRight(opened) && Array.from(opened.right.labels)).toEqual([1, 0, 1])
    const set = await load({ classes: ['zero', 'one', 'two'] })
    expect([Array.from(set.labels), set.classes.length]).toEqual([[1, 0, 1], 3])
  })

  it.each([
    ['', 'a first line "file,label" was required, got an empty file.'],
    ['a.png,3\n', 'a first line "file,label" was required, got "a.png,3". Put that line first'],
    ['file,label\n', 'a line for each image was required, got none.'],
    ['file,label\n\na.png;3\n', 'a file, a comma and a label was required, got "a.png;3" in line 3.'],
    [
      'file,label\na.png,\n',
      'a file, a comma and a label was required, got "a.png," in line 2. Correct that line.',
    ],
    ['file,label\na.png,1,2\n', 'a file, a comma and a label was required, got "a.png,1,2" in line 2.'],
    ['file,label\n\n"a"b.png,1\n', 'a file, a comma and a label was required, got ""a"b.png,1" in line 3.'],
    [
      'file,label\n"a.png,1\na.png,0\n',
      'a file, a comma and a label was required, got ""a.png,1" in line 2.',
    ],
    [
      'file,label\na.png,0\na.png,2\n',
      'at least one image of each class from 0 to 2 was required, got none of class 1.',
    ],
  ])('of the content %j is refused', async (content, words) => {
    writeFiles(folder, { 'labels.csv': content, 'a.png': grey(1) })
    expect(await refusal()).toContain(`FOLDER/labels.csv: ${words}`)
  })

  it.each(['../../secret.png', '..', 'x/../../a.png', '/etc/secret.png', 'folder'])(
    'that names %s, outside its folder, is refused',
    async (file) => {
      const named = file === 'folder' ? join(folder, 'a.png') : file
      writeFiles(folder, { 'labels.csv': `file,label\na.png,0\n${named},0\n`, 'a.png': grey(1) })
      expect(await refusal()).toBe(
        `FOLDER/labels.csv: the name of a file inside its folder was required, got "${named.replace(folder, 'FOLDER')}" in line 3. ` +
          'Move the image into the folder, or put a link to it there.',
      )
    },
  )

  it('may name files by ways that stay inside, and links', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'grad-ts-images-'))
    try {
      writeFiles(outside, { 'a.png': grey(2) })
      writeFiles(folder, { 'labels.csv': 'file,label\nx/../..a.png,0\nlink.png,0\n', '..a.png': grey(1) })
      symlinkSync(join(outside, 'a.png'), join(folder, 'link.png'))
      expect((await load()).pixels.filter((_, i) => i % 6 === 0)).toEqual(Uint8Array.of(1, 2))
    } finally {
      rmSync(outside, { recursive: true })
    }
  })

  it.each(['3', '-1', '1.5', 'stopp'])(
    'with the label %s out of range is refused, naming its line',
    async (label) => {
      writeFiles(folder, { 'labels.csv': `file,label\na.png,2\na.png,${label}\n`, 'a.png': grey(1) })
      expect(await refusal({ classes: ['stop', 'go', 'yield'] })).toBe(
        'FOLDER/labels.csv: a label of 0 to 2, or the name of a class, was required, ' +
          `got ${label} in line 3. Correct the label, or name more classes.`,
      )
    },
  )
})

describe('what is wrong with a folder is said with the file and the fix', () => {
  it('a missing folder', async () => {
    const loaded = await loadImageFolder(join(folder, 'none'))()
    const message = E.isLeft(loaded) ? loaded.left.message : 'no refusal'
    expect(message).toMatch(/none: cannot read \(ENOENT.*\)\. Give a folder that exists and may be read\.$/)
  })

  it('nothing in it', async () => {
    writeFiles(folder, { 'a.png': grey(1) })
    expect(await refusal()).toBe(
      'FOLDER: labels.csv, or a folder of PNGs for each class, was required, got 1 other files. ' +
        'Sort the images into folders named after their classes.',
    )
  })

  it('an empty class', async () => {
    writeFiles(folder, { 'stop/a.png': grey(1), 'yield/readme.txt': 'soon' })
    expect(await refusal()).toBe(
      'FOLDER/yield: at least one PNG of the class was required, got an empty class. Add images, or remove the folder.',
    )
  })

  it('a broken PNG', async () => {
    writeFiles(folder, { 'stop/a.png': grey(1), 'stop/b.png': grey(2).subarray(0, 30) })
    expect(await refusal()).toMatch(
      /^FOLDER\/stop\/b\.png: a PNG was required, got bytes that cannot be decoded/,
    )
  })

  it('another format', async () => {
    writeFiles(folder, { 'stop/a.jpg': 'JFIF' })
    expect(await refusal()).toBe(
      'FOLDER/stop/a.jpg: a PNG was required, got another format. Convert it, or take it out.',
    )
  })

  it('a file that is missing', async () => {
    writeFiles(folder, { 'labels.csv': 'file,label\na.png,0\nb.png,0\n', 'a.png': grey(1) })
    expect(await refusal()).toMatch(/^FOLDER\/b\.png: cannot read \(ENOENT.*\)\. Check that the list/)
  })

  it('sizes that differ, unless all are resized', async () => {
    const wide = pngBytes({ height: 2, width: 6, colorType: 0, pixel: (_y, x) => [40 * x, 40 * x, 40 * x] })
    writeFiles(folder, { 's/a.png': grey(9), 's/b.png': wide })
    expect(await refusal()).toBe(
      'FOLDER/s/b.png: 2×3 as the image before was required, got 2×6. Ask for resizeTo, or resize it.',
    )
    const set = await load({ resizeTo: [1, 2] })
    // antialiased: a triangle of half-width 3 about 1.5 takes pixels 0 to 4
    const weights = [0, 1, 2, 3, 4].map((i) => Math.max(0, 1 - Math.abs(i + 0.5 - 1.5) / 3))
    const left = weights.reduce((sum, w, i) => sum + w * 40 * i, 0) / weights.reduce((a, b) => a + b)
    expect(Array.from(set.pixels)).toEqual([9, 9, Math.round(left), Math.round(200 - left)])
    expect((await load({ resizeTo: 4 })).width).toBe(4)
  })

  it('grey among colours, unless one of them is asked for', async () => {
    writeFiles(folder, { 's/a.png': plain(10, 20, 30), 's/b.png': grey(7) })
    expect(await refusal()).toBe(
      'FOLDER/s/b.png: RGB as the image before was required, got grey. ' +
        'Ask for channels: 3, which repeats grey, or channels: 1, which makes colours grey.',
    )
    const everySixth = async (channels: 1 | 3) =>
      Array.from((await load({ channels })).pixels).filter((_, i) => i % 6 === 0)
    expect(await everySixth(3)).toEqual([10, 20, 30, 7, 7, 7])
    expect(await everySixth(1)).toEqual([Math.round(2.99 + 11.74 + 3.42), 7])
  })
})
