import * as E from 'fp-ts/lib/Either.js'
import { type DataError, dataMalformed } from './dataError.js'
import type { IdxArray } from './idx.js'

/** Grey images with a class each. `images` is `[count, rows, cols]`, row-major, 0 = paper, 255 = ink. */
export type Digits = {
  readonly images: Uint8Array
  readonly labels: Uint8Array
  readonly count: number
  readonly rows: number
  readonly cols: number
}

/** An IDX array, and the file that it came from. */
export type IdxFile = { readonly file: string; readonly array: IdxArray }

/** The number of classes: the digits 0 to 9. */
export const digitClasses = 10

const fix = 'The two files must come from one data set.'

/** Joins a file of images and a file of labels, and checks that they belong together. */
export const joinDigits = (images: IdxFile, labels: IdxFile): E.Either<DataError, Digits> => {
  const refuse = (file: string, required: string, got: string) =>
    E.left(dataMalformed(file, required, got, fix))
  const [count, rows, cols] = images.array.shape
  if (images.array.shape.length !== 3) {
    return refuse(
      images.file,
      'an array of rank 3 (count, rows, columns)',
      `rank ${images.array.shape.length}`,
    )
  }
  if (labels.array.shape.length !== 1) {
    return refuse(labels.file, 'an array of rank 1 (count)', `rank ${labels.array.shape.length}`)
  }
  if (labels.array.shape[0] !== count) {
    return refuse(labels.file, `a label for each of ${count} images`, `${labels.array.shape[0]} labels`)
  }
  const wrong = labels.array.values.findIndex((label) => label >= digitClasses)
  if (wrong >= 0) {
    const got = `${labels.array.values[wrong]} at index ${wrong}`
    return refuse(labels.file, `every label below ${digitClasses}`, got)
  }
  return E.right({ images: images.array.values, labels: labels.array.values, count, rows, cols })
}

/** The first `limit` digits, or all where there are fewer or `limit` is undefined. */
export const firstDigits = (digits: Digits, limit: number | undefined): Digits => {
  if (limit === undefined || limit >= digits.count) return digits
  const { rows, cols } = digits
  return {
    images: digits.images.subarray(0, limit * rows * cols),
    labels: digits.labels.subarray(0, limit),
    count: limit,
    rows,
    cols,
  }
}
