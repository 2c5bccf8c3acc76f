import * as E from 'fp-ts/lib/Either.js'
import { type IoError, ioFormatError } from 'grad-ts/io'
import type { LabelLine } from './labelsFile.js'

/** Labels as places in a list of classes. */
export type Classified = { readonly labels: Uint32Array; readonly classes: readonly string[] }

const isNumeral = (label: string): boolean => /^\d+$/.test(label)

/** Numbers by their size, else by code points: 2 before 10, "stop" before "yield". */
export const sortedClasses = (names: Iterable<string>): readonly string[] => {
  const all = [...new Set(names)]
  return all.every(isNumeral) ? all.sort().sort((a, b) => Number(a) - Number(b)) : all.sort()
}

/** A label is the name of a class, or else its number. */
const byName = (
  name: string,
  lines: readonly LabelLine[],
  classes: readonly string[],
): E.Either<IoError, Classified> => {
  const places = new Map(classes.map((label, i) => [label, i]))
  const labels = new Uint32Array(lines.length)
  for (const [i, { line, label }] of lines.entries()) {
    const place = places.get(label) ?? (isNumeral(label) ? Number(label) : -1)
    if (place < 0 || place >= classes.length)
      return E.left(
        ioFormatError(
          name,
          `a label of 0 to ${classes.length - 1}, or the name of a class,`,
          `${label} in line ${line}`,
          'Correct the label, or name more classes.',
        ),
      )
    labels[i] = place
  }
  return E.right({ labels, classes })
}

/**
 * The classes of the lines of a file of labels called `name`. With `classes` named, a label is one of the names or a place among
 * them. Without, the classes are the labels: numbers from 0 on, none left out, or names in order.
 */
export const classify = (
  name: string,
  lines: readonly LabelLine[],
  classes?: readonly string[],
): E.Either<IoError, Classified> => {
  if (classes !== undefined) return byName(name, lines, classes)
  const found = sortedClasses(lines.map(({ label }) => (isNumeral(label) ? String(Number(label)) : label)))
  if (!found.every(isNumeral)) {
    return byName(name, lines, sortedClasses(lines.map(({ label }) => label)))
  }
  const gap = found.findIndex((label, i) => Number(label) !== i)
  if (gap >= 0)
    return E.left(
      ioFormatError(
        name,
        `at least one image of each class from 0 to ${found.at(-1)}`,
        `none of class ${gap}`,
        'Add images of it, number the classes without gaps, or name the classes.',
      ),
    )
  return byName(name, lines, found)
}
