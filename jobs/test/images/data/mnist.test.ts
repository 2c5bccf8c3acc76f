import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digitClasses, joinDigits } from '../../../src/images/data/digits.js'
import { encodeIdx, type IdxArray } from '../../../src/images/data/idx.js'
import { firstImages } from '../../../src/images/data/imageSet.js'
import { loadMnist } from '../../../src/images/data/mnist.js'

const images: IdxArray = { shape: [3, 2, 2], values: Uint8Array.from({ length: 12 }, (_, i) => 20 * i) }
const labels: IdxArray = { shape: [3], values: Uint8Array.from([7, 0, 9]) }

const names = ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1']
const writeAll = async (folder: string): Promise<void> => {
  for (const [i, name] of names.entries()) {
    await writeFile(join(folder, `${name}-ubyte`), encodeIdx(i % 2 === 0 ? images : labels))
  }
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grad-ts-mnist-'))
})
afterAll(() => rm(folder, { recursive: true }))

const loadRefusal = async (): Promise<string> => {
  const loaded = await loadMnist(folder)()
  if (E.isRight(loaded)) throw new Error('a refusal was expected')
  return loaded.left.message
}

describe('loadMnist', () => {
  it('reads the real digits from the installed package', async () => {
    const loaded = await loadMnist()()
    if (E.isLeft(loaded)) throw new Error(loaded.left.message)
    const { train, test } = loaded.right
    expect([train.count, train.height, train.width]).toEqual([60000, 28, 28])
    expect([test.count, test.height, test.width]).toEqual([10000, 28, 28])
    expect(Array.from(train.labels.subarray(0, 10))).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    expect(Array.from(test.labels.subarray(0, 10))).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    const sum = train.pixels.reduce((total, pixel) => total + pixel, 0)
    expect(sum / train.pixels.length / 255).toBeCloseTo(0.1307, 4)
  })

  it('reads the four files of another folder', async () => {
    await writeAll(folder)
    const loaded = await loadMnist(folder)()
    expect(E.isRight(loaded) && Array.from(loaded.right.test.labels)).toEqual([7, 0, 9])
    expect(E.isRight(loaded) && Array.from(loaded.right.train.pixels)).toEqual(Array.from(images.values))
  })

  it('names the missing file', async () => {
    await writeAll(folder)
    await rm(join(folder, 't10k-labels-idx1-ubyte'))
    expect(await loadRefusal()).toMatch(
      /t10k-labels-idx1-ubyte: cannot read \(ENOENT.*\)\. Check that the folder/,
    )
  })

  it('names the truncated file', async () => {
    await writeAll(folder)
    await writeFile(join(folder, 'train-images-idx3-ubyte'), encodeIdx(images).subarray(0, 20))
    expect(await loadRefusal()).toMatch(
      /train-images-idx3-ubyte: a file of 28 bytes .* required, got 20 bytes/,
    )
  })
})

describe('joinDigits', () => {
  const refuse = (i: IdxArray, l: IdxArray): string => {
    const joined = joinDigits({ file: 'i', array: i }, { file: 'l', array: l })
    return E.isLeft(joined) ? joined.left.message.split('. ')[0] : 'no refusal'
  }

  it('refuses files that do not belong together', () => {
    expect(refuse(labels, labels)).toBe(
      'i: an array of rank 3 (count, rows, columns) was required, got rank 1',
    )
    expect(refuse(images, images)).toBe('l: an array of rank 1 (count) was required, got rank 3')
    expect(refuse(images, { shape: [2], values: Uint8Array.from([1, 2]) })).toBe(
      'l: a label for each of 3 images was required, got 2 labels',
    )
    expect(refuse(images, { shape: [3], values: Uint8Array.from([1, 2, 10]) })).toBe(
      'l: every label below 10 was required, got 10 at index 2',
    )
  })
})

describe('firstImages', () => {
  const digits = {
    count: 3,
    channels: 1,
    height: 2,
    width: 2,
    pixels: images.values,
    labels: Uint32Array.from(labels.values),
    classes: digitClasses,
  }

  it('takes a prefix, and never more than there is', () => {
    const two = firstImages(digits, 2)
    expect([two.count, two.pixels.length, Array.from(two.labels)]).toEqual([2, 8, [7, 0]])
    expect(firstImages(digits, undefined)).toBe(digits)
    expect(firstImages(digits, 60000)).toBe(digits)
  })
})
