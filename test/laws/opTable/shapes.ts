import * as fc from 'fast-check'
import type { Shape } from '../../../src/ir/aval.js'

/** Sizes of an axis: mostly two or three, often one, seldom none. */
const axisSize = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(1, 2, 3) },
  { weight: 4, arbitrary: fc.constant(2) },
  { weight: 1, arbitrary: fc.constant(0) },
)

/** Sizes of an axis that has elements. */
const nonemptySize = fc.constantFrom(1, 2, 3)

/** Shapes of rank 0 to 3. */
export const shapes = ({
  minRank = 0,
  maxRank = 3,
  nonempty = false,
}: {
  readonly minRank?: number
  readonly maxRank?: number
  readonly nonempty?: boolean
} = {}): fc.Arbitrary<Shape> =>
  fc.array(nonempty ? nonemptySize : axisSize, { minLength: minRank, maxLength: maxRank })

/** Some of the axes of a rank, in any order, at least one where there are any. */
export const someAxes = (rank: number): fc.Arbitrary<readonly number[]> =>
  fc.shuffledSubarray(
    Array.from({ length: rank }, (_, i) => i),
    { minLength: Math.min(1, rank), maxLength: rank },
  )

/** An order of all axes. */
export const permutations = (rank: number): fc.Arbitrary<readonly number[]> =>
  fc.shuffledSubarray(
    Array.from({ length: rank }, (_, i) => i),
    { minLength: rank, maxLength: rank },
  )

/** One axis of a shape of rank at least one. */
export const oneAxis = (shape: Shape): fc.Arbitrary<number> => fc.nat(shape.length - 1)
