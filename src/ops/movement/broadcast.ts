import { bind1 } from '../../graph/bind.js'
import { definePrimitive } from '../../graph/primitive.js'
import { splat, splatValue, type Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatAval, formatShape, type Shape, sameShape } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { reduceSum } from '../reductions/reduceSum.js'
import { mapped, only } from '../rules/rules.js'
import { reshape } from './reshape.js'

export type BroadcastParams = { readonly shape: Shape; readonly dims: readonly number[] }

const fits = (x: Aval, { shape, dims }: BroadcastParams): boolean =>
  dims.length === x.shape.length &&
  dims.every(
    (d, i) =>
      d >= 0 &&
      d < shape.length &&
      (i === 0 || d > dims[i - 1]) &&
      (x.shape[i] === shape[d] || x.shape[i] === 1),
  )

/** Axes of the result along which x was repeated. */
const repeated = (from: Shape, { shape, dims }: BroadcastParams): readonly number[] =>
  shape.flatMap((size, d) => (dims.includes(d) && from[dims.indexOf(d)] === size ? [] : [d]))

/**
 * x repeated into a larger shape: axis i of x becomes axis `dims[i]`, whose size is the same, or x's is 1.
 * Linear; the transpose sums over the repetitions.
 */
export const broadcastInDimP = definePrimitive<BroadcastParams>({
  name: 'broadcastInDim',
  abstractEval: ([x], p) => {
    if (!fits(x, p)) {
      throw new ShapeError(
        `broadcastInDim: every axis must go, in order, to one of its own size (or have size 1), got ${formatAval(x)} to ${formatShape(p.shape)} along [${p.dims.join(',')}].`,
      )
    }
    return [aval(p.shape, x.dtype, x.weakType)]
  },
  jvp: 'linear',
  linearize: 'fromJvp',
  transpose: (cts, [x], p) => [reshape(reduceSum(only(cts), repeated(x.aval.shape, p)), x.aval.shape)],
  batch: (size, [x], _b, { shape, dims }) =>
    mapped(broadcastInDim(x, [size, ...shape], [0, ...dims.map((d) => d + 1)])),
  lower: ([x], { shape, dims }) => ({
    kind: 'move',
    shape,
    axes: dims.map((d, i) =>
      x.shape[i] === shape[d] ? { axis: d, offset: 0, step: 1 } : { axis: null, offset: 0, step: 0 },
    ),
  }),
})

/** x repeated into `shape`, its axes going to `dims`. */
export const broadcastInDim = (x: Tensor, shape: Shape, dims: readonly number[]): Tensor => {
  if (sameShape(x.shape, shape)) return x
  const value = splatValue(x)
  if (value !== null && fits(x.aval, { shape, dims }))
    return splat(value, aval(shape, x.dtype, x.aval.weakType))
  return bind1(broadcastInDimP, [x], { shape, dims })
}
