import { bind1 } from '../../graph/bind.js'
import { definePrimitive } from '../../graph/primitive.js'
import { splat, splatValue, type Tensor } from '../../graph/tensor.js'
import { type Aval, aval, formatAval, type Shape, sameShape } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { mapped, only } from '../rules/rules.js'
import { pad } from './pad.js'

/** The elements `start, start + stride, …` before `limit` of every axis. */
export type SliceParams = { readonly start: Shape; readonly limit: Shape; readonly strides: Shape }

const sliced = (x: Aval, { start, limit, strides }: SliceParams): Aval => {
  const rank = x.shape.length
  const fits =
    start.length === rank &&
    limit.length === rank &&
    strides.length === rank &&
    [...start, ...limit, ...strides].every(Number.isInteger) &&
    x.shape.every((d, i) => 0 <= start[i] && start[i] <= limit[i] && limit[i] <= d && strides[i] >= 1)
  if (!fits) {
    throw new ShapeError(
      `slice: 0 ≤ start ≤ limit ≤ size and stride ≥ 1 on every axis are required, got start [${start.join(',')}], limit [${limit.join(',')}], strides [${strides.join(',')}] of ${formatAval(x)}.`,
    )
  }
  return aval(
    start.map((s, i) => Math.ceil((limit[i] - s) / strides[i])),
    x.dtype,
    x.weakType,
  )
}

/** A regular part of x. Linear; the transpose surrounds the cotangent with zeros, and puts them between its elements where it strides. */
export const sliceP = definePrimitive<SliceParams>({
  name: 'slice',
  abstractEval: ([x], p) => [sliced(x, p)],
  jvp: 'linear',
  linearize: 'fromJvp',
  transpose: (cts, [x], { start, strides }) => {
    const ct = only(cts)
    // the span of n elements with the gaps between them: n·stride − (stride − 1), nothing when n = 0
    const config = ct.shape.map((n, i): readonly [number, number, number] => {
      const span = n === 0 ? 0 : (n - 1) * strides[i] + 1
      return [start[i], x.aval.shape[i] - start[i] - span, strides[i] - 1]
    })
    return [pad(ct, 0, config)]
  },
  batch: (size, [x], _b, { start, limit, strides }) =>
    mapped(slice(x, [0, ...start], [size, ...limit], [1, ...strides])),
  lower: ([x], p) => ({
    kind: 'move',
    shape: sliced(x, p).shape,
    axes: p.start.map((offset, axis) => ({ axis, offset, step: p.strides[axis] })),
  }),
})

/** Every `strides`-th element of x (every one by default) from `start` to before `limit`, on every axis. */
export const slice = (x: Tensor, start: Shape, limit: Shape, strides: Shape = start.map(() => 1)): Tensor => {
  const out = sliced(x.aval, { start, limit, strides })
  if (sameShape(out.shape, x.shape)) return x
  const value = splatValue(x)
  return value !== null ? splat(value, out) : bind1(sliceP, [x], { start, limit, strides })
}

/** The elements of x from `start` to before `limit` along one axis. */
export const sliceAxis = (x: Tensor, axis: number, start: number, limit: number, stride = 1): Tensor =>
  slice(
    x,
    x.shape.map((_, i) => (i === axis ? start : 0)),
    x.shape.map((d, i) => (i === axis ? limit : d)),
    x.shape.map((_, i) => (i === axis ? stride : 1)),
  )
