import * as E from 'fp-ts/lib/Either.js'
import { type IoError, ioFormatError } from 'grad-ts/io'
import type { IdxArray } from './idx.js'
import type { ImageSet } from './imageSet.js'

/** An IDX array, and the file that it came from. */
export type IdxFile = { readonly file: string; readonly array: IdxArray }

/** The digits 0 to 9. */
export const digitClasses: readonly string[] = Array.from({ length: 10 }, (_, digit) => String(digit))

const fix = 'The two files must come from one data set.'

/**
 * Joins a file of grey images and a file of labels, and checks that they belong together; the classes are the digits
 * unless others are named.
 */
export const joinDigits = (
  images: IdxFile,
  labels: IdxFile,
  classes: readonly string[] = digitClasses,
): E.Either<IoError, ImageSet> => {
  const refuse = (file: string, required: string, got: string) =>
    E.left(ioFormatError(file, required, got, fix))
  const [count, height, width] = images.array.shape
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
  const wrong = labels.array.values.findIndex((label) => label >= classes.length)
  if (wrong >= 0) {
    const got = `${labels.array.values[wrong]} at index ${wrong}`
    return refuse(labels.file, `every label below ${classes.length}`, got)
  }
  return E.right({
    count,
    channels: 1,
    height,
    width,
    pixels: images.array.values,
    labels: Uint32Array.from(labels.array.values),
    classes,
  })
}
