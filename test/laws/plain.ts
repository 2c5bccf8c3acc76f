import { concretize } from '../../src/graph/concretize.js'
import { fromHost, splat, type Tensor } from '../../src/graph/tensor.js'
import { aval, type Shape } from '../../src/ir/aval.js'
import { allocate, type DType, shortName } from '../../src/ir/dtype.js'

/** An array as plain numbers, row-major: what oracles compute with, and what counterexamples print. */
export type Plain = { readonly dtype: DType; readonly shape: Shape; readonly data: readonly number[] }

/** Every position of a shape, in row-major order. */
export const positions = (shape: Shape): readonly (readonly number[])[] =>
  shape.reduce<readonly (readonly number[])[]>(
    (all, size) => all.flatMap((p) => Array.from({ length: size }, (_, i) => [...p, i])),
    [[]],
  )

/** Where a position lies in row-major order. */
export const offsetOf = (shape: Shape, position: readonly number[]): number =>
  position.reduce((at, p, i) => at * shape[i] + p, 0)

/** The element at a position. */
export const elementAt = (x: Plain, position: readonly number[]): number =>
  x.data[offsetOf(x.shape, position)]

/** An array filled by a function of the position. */
export const tabulate = (dtype: DType, shape: Shape, f: (position: readonly number[]) => number): Plain => ({
  dtype,
  shape,
  data: positions(shape).map(f),
})

export const toTensor = ({ dtype, shape, data }: Plain): Tensor => {
  const storage = allocate(dtype, data.length)
  storage.set(data)
  return fromHost(storage, aval(shape, dtype))
}

/** The number that fills an array, if there is one and it is the same everywhere. */
const uniformValue = ({ data }: Plain): number | null =>
  data.length > 0 && data.every((x) => Object.is(x, data[0])) ? data[0] : null

/** As `toTensor`, but an array of one value as a constant without storage. */
export const toConstant = (x: Plain): Tensor => {
  const value = uniformValue(x)
  return value === null ? toTensor(x) : splat(value, aval(x.shape, x.dtype))
}

/** The elements of a tensor. */
export const numbersOf = (t: Tensor): readonly number[] => Array.from(concretize(t).read())

export const toPlain = (t: Tensor): Plain => ({ dtype: t.dtype, shape: t.shape, data: numbersOf(t) })

/** The part of x at place `index` of an axis, which goes. */
export const slicePlain = (x: Plain, axis: number, index: number): Plain =>
  tabulate(
    x.dtype,
    x.shape.filter((_, i) => i !== axis),
    (p) => elementAt(x, [...p.slice(0, axis), index, ...p.slice(axis)]),
  )

/** Arrays of one shape side by side along a new axis. */
export const stackPlain = (xs: readonly Plain[], axis: number): Plain => {
  const [first] = xs
  const shape = [...first.shape.slice(0, axis), xs.length, ...first.shape.slice(axis)]
  return tabulate(first.dtype, shape, (p) =>
    elementAt(xs[p[axis]], [...p.slice(0, axis), ...p.slice(axis + 1)]),
  )
}

/** x with axis `from` at place `to`. */
export const movePlain = (x: Plain, from: number, to: number): Plain =>
  stackPlain(
    Array.from({ length: x.shape[from] }, (_, i) => slicePlain(x, from, i)),
    to,
  )

const formatNumber = (x: number): string => (Object.is(x, -0) ? '-0' : String(x))

/** `f32[2] (1, -0)`. */
export const formatPlain = ({ dtype, shape, data }: Plain): string =>
  `${shortName(dtype)}[${shape.join(',')}] (${data.map(formatNumber).join(', ')})`
