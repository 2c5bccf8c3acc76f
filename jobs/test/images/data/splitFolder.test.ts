import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/io/temporaryFolder.js'
import { openSplitFolder } from '../../../src/images/data/splitFolder.js'
import { pngBytes, writeFiles } from './pngFiles.js'

const folder = temporaryFolder()
const png = pngBytes({ height: 2, width: 2 })

const open = async (classes?: readonly string[]) => {
  const opened = await openSplitFolder(folder(), { classes })()
  if (E.isLeft(opened)) throw new Error(opened.left.message)
  return opened.right
}

const refusal = async (classes?: readonly string[]): Promise<string> => {
  const opened = await openSplitFolder(folder(), { classes })()
  if (E.isRight(opened)) throw new Error('a refusal was expected')
  return opened.left.message.replaceAll(folder(), 'FOLDER')
}

describe('openSplitFolder', () => {
  it('takes the classes of train/, in order, and the same for test/, which may lack some', async () => {
    writeFiles(folder(), {
      'train/b/1.png': png,
      'train/a/1.png': png,
      'train/c/1.png': png,
      'test/c/1.png': png,
    })
    const { train, test } = await open()
    expect([train.classes, Array.from(train.labels)]).toEqual([
      ['a', 'b', 'c'],
      [0, 1, 2],
    ])
    expect([test.classes, Array.from(test.labels)]).toEqual([['a', 'b', 'c'], [2]])
  })

  it('takes lists of labels as well', async () => {
    writeFiles(folder(), {
      'train/labels.csv': 'file,label\nx.png,stop\ny.png,go\n',
      'test/stop/1.png': png,
    })
    const { train, test } = await open()
    expect([train.classes, Array.from(train.labels)]).toEqual([
      ['go', 'stop'],
      [1, 0],
    ])
    expect(Array.from(test.labels)).toEqual([1])
  })

  it('takes classes that are named, and no others', async () => {
    writeFiles(folder(), { 'train/b/1.png': png, 'test/b/1.png': png })
    expect(Array.from((await open(['a', 'b'])).train.labels)).toEqual([1])
    expect(await refusal(['a'])).toMatch(/^FOLDER\/train\/b: a folder named after one of the 1 classes/)
  })

  it.each<readonly [string, Readonly<Record<string, Uint8Array | string>>, RegExp]>([
    [
      'neither part',
      { 'a/1.png': png },
      /^FOLDER: a folder with train\/ and test\/ inside was required, got one without train\/ and test\/\. Put/,
    ],
    ['no train/', { 'test/a/1.png': png }, /got one without train\/\./],
    ['no test/', { 'train/a/1.png': png }, /got one without test\/\./],
    [
      'an empty class',
      { 'train/a/1.png': png, 'train/b/notes.txt': '', 'test/a/1.png': png },
      /^FOLDER\/train\/b: at least one PNG of the class was required, got an empty class/,
    ],
    [
      'a class of test/ that train/ lacks',
      { 'train/a/1.png': png, 'test/b/1.png': png },
      /^FOLDER\/test\/b: a folder named after one of the 1 classes was required, got "b"/,
    ],
  ])('refuses %s', async (_what, files, message) => {
    writeFiles(folder(), files)
    expect(await refusal()).toMatch(message)
  })

  it('refuses a folder that is not there', async () => {
    const refused = await openSplitFolder(`${folder()}/none`)()
    expect(E.isLeft(refused) && refused.left.message).toMatch(/none: cannot read \(ENOENT.*train\//)
  })
})
