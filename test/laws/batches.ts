import * as fc from 'fast-check'
import type { Tensor } from '../../src/graph/tensor.js'
import { epsilon, norm, requireNear } from './closeness.js'
import { type Form, formatCase, plainOf, type Row } from './opTable/row.js'
import { movePlain, type Plain, toPlain, toTensor } from './plain.js'
import { salts } from './trials.js'

/** Operands with a batch axis at `axes[i]`, `null` where there is none. */
export type BatchTrial = {
  readonly params: object
  readonly operands: readonly Plain[]
  readonly axes: readonly (number | null)[]
  readonly size: number
  readonly salt: number
}

/** Forms with a batch axis anywhere in at least one of the operands. */
export const batchTrials = (forms: fc.Arbitrary<Form<object>>): fc.Arbitrary<BatchTrial> =>
  forms.chain(({ params, operands }) =>
    fc
      .record({
        size: fc.integer({ min: 1, max: 3 }),
        places: fc.tuple(...operands.map((o) => fc.option(fc.nat(o.shape.length), { nil: null, freq: 3 }))),
        always: fc.nat(Math.max(0, operands.length - 1)),
      })
      .chain(({ size, places, always }) => {
        const axes = places.map((axis, i) => (places.every((a) => a === null) && i === always ? 0 : axis))
        return fc.record({
          params: fc.constant(params),
          operands: fc.tuple(
            ...operands.map((o, i) => {
              const axis = axes[i]
              return axis === null ? plainOf(o) : plainOf(o, [size]).map((x) => movePlain(x, 0, axis))
            }),
          ),
          axes: fc.constant(axes),
          size: fc.constant(size),
          salt: salts,
        })
      }),
  )

export const formatBatch = (row: Row, { params, operands, axes, salt }: BatchTrial): string =>
  `${formatCase(row, { params, operands })} mapped along [${axes.map(String).join(', ')}], salt ${salt}`

/** Batched kernels may round in another order: a few units of the last place of the largest element. */
export const requireSameResults = (
  name: string,
  row: Row,
  got: readonly Plain[],
  want: readonly Plain[],
): number =>
  want.reduce((worst, w, i) => {
    const ulps = 4 * row.ulps[w.dtype === 'float32' ? 'float32' : 'float64']
    return Math.max(
      worst,
      requireNear(`${name} ${i}`, [got[i]], [w], ulps * epsilon(w.dtype), norm([w.data])),
    )
  }, 0)

/** Runs an operation on plain arrays. */
export const evaluate = (
  f: (...xs: readonly Tensor[]) => readonly Tensor[],
  xs: readonly Plain[],
): readonly Plain[] => f(...xs.map(toTensor)).map(toPlain)
