import { bind1 } from '../../graph/bind.js'
import { definePrimitive, isLinear } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatAval } from '../../ir/aval.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import { moveAxis } from '../movement/batching.js'
import { inverse, transpose } from '../movement/transpose.js'
import { mapped, only, requireDType } from '../rules/rules.js'

/** Axes in pairs: `lhsContract[k]` is summed with `rhsContract[k]`, `lhsBatch[b]` runs with `rhsBatch[b]`. */
export type DotParams = {
  readonly lhsContract: readonly number[]
  readonly rhsContract: readonly number[]
  readonly lhsBatch: readonly number[]
  readonly rhsBatch: readonly number[]
}

/** Axes that are neither contracted nor batched. */
const freeAxes = (
  x: { readonly aval: Aval },
  contract: readonly number[],
  batch: readonly number[],
): readonly number[] => x.aval.shape.flatMap((_, i) => (contract.includes(i) || batch.includes(i) ? [] : [i]))

const contracted = (x: Aval, y: Aval, p: DotParams): Aval => {
  const valid = (a: Aval, axes: readonly number[]) =>
    new Set(axes).size === axes.length &&
    axes.every((i) => Number.isInteger(i) && i >= 0 && i < a.shape.length)
  const paired = (l: readonly number[], r: readonly number[]) =>
    l.length === r.length && l.every((i, k) => x.shape[i] === y.shape[r[k]])
  if (!valid(x, [...p.lhsContract, ...p.lhsBatch]) || !valid(y, [...p.rhsContract, ...p.rhsBatch])) {
    throw new ShapeError(`dotGeneral: distinct axes of the operands are required, got ${describe(x, y, p)}.`)
  }
  if (!paired(p.lhsContract, p.rhsContract)) {
    throw new ShapeError(
      `dot: contracting sizes must match, got ${describe(x, y, p)}. Transpose one operand?`,
    )
  }
  if (!paired(p.lhsBatch, p.rhsBatch)) {
    throw new ShapeError(`dot: batch sizes must match, got ${describe(x, y, p)}. Broadcast one operand?`)
  }
  requireDType('dot', 'number', x)
  if (x.dtype !== y.dtype) {
    throw new DTypeError(
      `dot: equal dtypes are required, got ${formatAval(x)} and ${formatAval(y)}. Convert with astype.`,
    )
  }
  return aval(
    [
      ...p.lhsBatch.map((i) => x.shape[i]),
      ...freeAxes({ aval: x }, p.lhsContract, p.lhsBatch).map((i) => x.shape[i]),
      ...freeAxes({ aval: y }, p.rhsContract, p.rhsBatch).map((i) => y.shape[i]),
    ],
    x.dtype,
    x.weakType && y.weakType,
  )
}

const describe = (x: Aval, y: Aval, p: DotParams): string => {
  const side = (contract: readonly number[], batch: readonly number[]) =>
    `axes [${contract.join(',')}]${batch.length === 0 ? '' : ` batch [${batch.join(',')}]`}`
  return `${formatAval(x)} ${side(p.lhsContract, p.lhsBatch)} and ${formatAval(y)} ${side(p.rhsContract, p.rhsBatch)}`
}

const range = (n: number, from: number): readonly number[] => Array.from({ length: n }, (_, i) => from + i)

/**
 * The cotangent of the left operand x, from ct [batch, x free, y free]: contract it with y over y's free axes
 * and put the axes [batch, x free, y contract (in y's order)] where x has them. `swapped`: ct is [batch, y free, x free].
 */
const transposeLhs = (
  ct: Tensor,
  x: { readonly aval: Aval },
  y: Tensor,
  p: DotParams,
  swapped: boolean,
): Tensor => {
  const xFree = freeAxes(x, p.lhsContract, p.lhsBatch)
  const yFree = freeAxes(y, p.rhsContract, p.rhsBatch)
  const batch = p.lhsBatch.length
  const product = dotGeneral(ct, y, {
    lhsContract: range(yFree.length, swapped ? batch : batch + xFree.length),
    rhsContract: yFree,
    lhsBatch: range(batch, 0),
    rhsBatch: p.rhsBatch,
  })
  const byY = p.rhsContract.map((_, k) => k).sort((a, b) => p.rhsContract[a] - p.rhsContract[b])
  return transpose(product, inverse([...p.lhsBatch, ...xFree, ...byY.map((k) => p.lhsContract[k])]))
}

const mirrored = (p: DotParams): DotParams => ({
  lhsContract: p.rhsContract,
  rhsContract: p.lhsContract,
  lhsBatch: p.rhsBatch,
  rhsBatch: p.lhsBatch,
})

const next = (axes: readonly number[]): readonly number[] => axes.map((a) => a + 1)

/**
 * out[b…, m…, n…] = Σ_k x·y, the axes of x and y paired by the params; b, then x's, then y's other axes.
 * d(x·y) = dx·y + x·dy
 */
export const dotGeneralP = definePrimitive<DotParams>({
  name: 'dotGeneral',
  abstractEval: ([x, y], p) => [contracted(x, y, p)],
  jvp: [(dx, [, y], _out, p) => dotGeneral(dx, y, p), (dy, [x], _out, p) => dotGeneral(x, dy, p)],
  linearize: 'fromJvp',
  transpose: (cts, [x, y], p) => [
    isLinear(x) ? transposeLhs(only(cts), x, y as Tensor, p, false) : null,
    isLinear(y) ? transposeLhs(only(cts), y, x as Tensor, mirrored(p), true) : null,
  ],
  batch: (_size, [x, y], [xBatched, yBatched], p) => {
    const inner: DotParams = {
      lhsContract: xBatched ? next(p.lhsContract) : p.lhsContract,
      rhsContract: yBatched ? next(p.rhsContract) : p.rhsContract,
      lhsBatch: xBatched ? next(p.lhsBatch) : p.lhsBatch,
      rhsBatch: yBatched ? next(p.rhsBatch) : p.rhsBatch,
    }
    if (xBatched && yBatched) {
      return mapped(
        dotGeneral(x, y, { ...inner, lhsBatch: [0, ...inner.lhsBatch], rhsBatch: [0, ...inner.rhsBatch] }),
      )
    }
    // the batch axis is the first free axis of its operand
    const out = dotGeneral(x, y, inner)
    const lhsFree = freeAxes(x, inner.lhsContract, inner.lhsBatch).length
    return mapped(moveAxis(out, p.lhsBatch.length + (xBatched ? 0 : lhsFree), 0))
  },
  lower: (_avals, p) => ({
    kind: 'contract',
    lhs: { batch: p.lhsBatch, contract: p.lhsContract },
    rhs: { batch: p.rhsBatch, contract: p.rhsContract },
  }),
})

/** Σ over paired axes of x·y; the result's axes are [batch, x's others, y's others]. */
export const dotGeneral = (x: Tensor, y: Tensor, params: DotParams): Tensor =>
  bind1(dotGeneralP, [x, y], params)
