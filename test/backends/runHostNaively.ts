import { type Shape, sizeOf } from '../../src/ir/aval.js'
import type { TypedArray } from '../../src/ir/dtype.js'
import type { HostRoutine, HostStep } from '../../src/ir/program.js'
import { scalarOp } from '../../src/ir/scalar.js'

/** Where something is in a box. */
export type Point = readonly number[]

/** All points of a box, in row-major order. */
export const pointsOf = (extents: Shape): Point[] => {
  const total = sizeOf(extents)
  return Array.from({ length: total }, (_, flat) => {
    const point = new Array<number>(extents.length)
    let rest = flat
    for (let t = extents.length - 1; t >= 0; t--) {
      point[t] = rest % extents[t]
      rest = Math.floor(rest / extents[t])
    }
    return point
  })
}

type Routine<R extends HostRoutine['routine']> = Extract<HostRoutine, { routine: R }>

const dtypeOf = (data: TypedArray) =>
  data instanceof Float32Array
    ? 'float32'
    : data instanceof Float64Array
      ? 'float64'
      : data instanceof Int32Array
        ? 'int32'
        : data instanceof Uint32Array
          ? 'uint32'
          : 'bool'

/** Sums and products of float32 are made in double precision. */
const wideOf = (data: TypedArray) => (dtypeOf(data) === 'float32' ? 'float64' : dtypeOf(data))

const flatIn = (shape: Shape, point: Point): number => point.reduce((at, i, axis) => at * shape[axis] + i, 0)

/** A point with another coordinate on one axis. */
const moved = (point: Point, axis: number, to: number): Point => point.map((x, i) => (i === axis ? to : x))

const runCumulative = (call: Routine<'cumulative'>, x: TypedArray, out: TypedArray, shape: Shape): void => {
  const wide = wideOf(out)
  const join = scalarOp(call.op, wide, wide)
  for (const point of pointsOf(shape)) {
    const upTo = point[call.axis]
    const places = Array.from({ length: shape[call.axis] }, (_, i) => i).filter((i) =>
      call.reverse ? i >= upTo : i <= upTo,
    )
    const values = places.map((i) => x[flatIn(shape, moved(point, call.axis, i))])
    if (call.reverse) values.reverse()
    out[flatIn(shape, point)] = values.reduce((a, b) => join(a, b, 0))
  }
}

const runScatter = (
  { axes, combine }: Routine<'scatter'>,
  arrays: readonly TypedArray[],
  out: TypedArray,
  shape: Shape,
): void => {
  const wide = wideOf(out)
  const join = combine === 'set' ? (_: number, u: number) => u : scalarOp(combine, wide, wide)
  const indices = arrays.slice(1, -1)
  const updates = arrays[arrays.length - 1]
  const remaining = shape.filter((_, axis) => !axes.includes(axis))
  for (const point of pointsOf(shape)) {
    const rest = point.filter((_, axis) => !axes.includes(axis))
    let value = arrays[0][flatIn(shape, point)]
    for (let u = 0; u < updates.length / Math.max(1, sizeOf(remaining)); u++) {
      if (axes.every((axis, a) => indices[a][u] === point[axis]))
        value = join(value, updates[u * sizeOf(remaining) + flatIn(remaining, rest)], 0)
    }
    out[flatIn(shape, point)] = value
  }
}

/** −1, 0 or 1 as a comes before, with or after b; NaN last. */
const compare = (a: number, b: number): number => {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return a < b ? -1 : a > b ? 1 : 0
}

const runSort = (
  { axis, keys }: Routine<'sort'>,
  inputs: readonly TypedArray[],
  outputs: readonly TypedArray[],
  shape: Shape,
): void => {
  for (const line of pointsOf(moved(shape, axis, Math.min(1, shape[axis])))) {
    const places = Array.from({ length: shape[axis] }, (_, i) => flatIn(shape, moved(line, axis, i)))
    const order = [...places].sort((p, q) =>
      inputs.slice(0, keys).reduce((found, key) => (found === 0 ? compare(key[p], key[q]) : found), 0),
    )
    outputs.forEach((out, k) => {
      places.forEach((place, i) => {
        out[place] = inputs[k][order[i]]
      })
    })
  }
}

const runTopK = (
  { k }: Routine<'topK'>,
  x: TypedArray,
  [values, positions]: readonly TypedArray[],
  shape: Shape,
): void => {
  const n = shape[shape.length - 1]
  for (let row = 0; row * n < x.length; row++) {
    const own = Array.from(x.subarray(row * n, (row + 1) * n), (value, position) => ({ value, position }))
    own
      .sort((a, b) => compare(b.value, a.value))
      .slice(0, k)
      .forEach(({ value, position }, i) => {
        values[row * k + i] = value
        positions[row * k + i] = position
      })
  }
}

/** What a host routine means, place by place. */
export const runHostNaively = (
  { call, inputs, outputs }: HostStep,
  buffers: TypedArray[],
  shapes: readonly Shape[],
): void => {
  const xs = inputs.map((id) => buffers[id])
  const outs = outputs.map((id) => buffers[id])
  const shape = shapes[inputs[0]]
  switch (call.routine) {
    case 'cumulative':
      runCumulative(call, xs[0], outs[0], shape)
      break
    case 'scatter':
      runScatter(call, xs, outs[0], shape)
      break
    case 'sort':
      runSort(call, xs, outs, shape)
      break
    case 'topK':
      runTopK(call, xs[0], outs, shape)
      break
    case 'cholesky':
    case 'triangularSolve':
    case 'lu':
      throw new Error(`${call.routine} has its oracle in the table of operations`)
  }
}
