import { concretize } from '../../graph/concretize.js'
import { type Concrete, fromHost, Tensor } from '../../graph/tensor.js'
import type { Index } from '../../graph/tensorMethods.js'
import { aval, formatAval, formatShape, sameShape, sizeOf } from '../../ir/aval.js'
import { ConcretizationError, ShapeError } from '../../ir/errors.js'
import { broadcastTo, toTensor } from '../../ops/elementwise/lift.js'
import { select } from '../../ops/elementwise/select.js'
import { broadcastInDim } from '../../ops/movement/broadcast.js'
import { reshape } from '../../ops/movement/reshape.js'
import { array } from './array.js'

const isMask = (i: Index): i is Tensor => i instanceof Tensor && i.dtype === 'bool'

/** An index with its typed arrays and arrays of booleans as tensors. */
export const liftedIndex = (index: readonly Index[]): readonly Index[] =>
  index.map((i) => {
    if (Array.isArray(i) && i.some((b) => typeof b === 'boolean')) return array(i)
    return ArrayBuffer.isView(i) ? toTensor(i) : i
  })

/** @throws ShapeError unless the mask has the shape of x from an axis on */
const requireFit = (name: string, x: Tensor, mask: Tensor, axis: number): void => {
  const shape = x.shape.slice(axis, axis + mask.ndim)
  if (!sameShape(mask.shape, shape))
    throw new ShapeError(
      `${name}: a mask of shape ${formatShape(shape)}, over ${formatAval(x.aval)} from axis ${axis} on, is required, got ${formatAval(mask.aval)}.`,
    )
}

/** The mask, over the first axes of x, if it is the whole index. @throws ShapeError where it has another shape */
export const maskOf = (name: string, x: Tensor, index: readonly Index[]): Tensor | null => {
  const [mask] = index
  if (index.length !== 1 || !isMask(mask)) return null
  requireFit(name, x, mask, 0)
  return mask
}

/** The places where a mask holds, counted in row-major order. @throws ConcretizationError on a traced one */
const positionsIn = (name: string, mask: Tensor): readonly number[] =>
  Array.from(known(name, mask).read()).flatMap((holds, i) => (holds === 0 ? [] : [i]))

const known = (name: string, mask: Tensor): Concrete => {
  try {
    return concretize(mask)
  } catch (cause) {
    if (!(cause instanceof ConcretizationError)) throw cause
    throw new ConcretizationError(
      `${name}: a mask whose values are known is required, got a traced ${formatAval(mask.aval)}, and how much it chooses decides a shape. Use np.where(mask, x, y), or write one value wherever it holds.`,
      { cause },
    )
  }
}

const int32 = (positions: readonly number[]): Tensor =>
  fromHost(Int32Array.from(positions), aval([positions.length], 'int32'))

/** x with the axes of a mask merged into one, and the places on it where the mask holds. @throws ConcretizationError */
export const flattened = (name: string, x: Tensor, mask: Tensor): { rows: Tensor; positions: Tensor } => ({
  positions: int32(positionsIn(name, mask)),
  rows: reshape(x, [sizeOf(mask.shape), ...x.shape.slice(mask.ndim)]),
})

/**
 * An index with its masks replaced by the places where they hold, one array for each of their axes, as NumPy has it.
 * @throws ConcretizationError on a traced mask, ShapeError on one of another shape than its axes
 */
export const withoutMasks = (name: string, x: Tensor, index: readonly Index[]): readonly Index[] => {
  if (!index.some(isMask)) return index
  const axes = index.map((i) => (i === null || i === '...' ? 0 : isMask(i) ? i.ndim : 1))
  const rest = x.ndim - axes.reduce((a, b) => a + b, 0)
  let axis = 0
  return index.flatMap((item, i): readonly Index[] => {
    const own = axis
    axis += item === '...' ? rest : axes[i]
    if (!isMask(item)) return [item]
    requireFit(name, x, item, own)
    const positions = positionsIn(name, item)
    return item.shape.map((d, k) => {
      const stride = sizeOf(item.shape.slice(k + 1))
      return int32(positions.map((p) => Math.floor(p / stride) % d))
    })
  })
}

/** Whether the same values are for every place of a mask: they then broadcast to the elements of x at one place. */
export const isForAll = (x: Tensor, mask: Tensor, { shape, ndim }: Tensor): boolean => {
  const gap = x.ndim - ndim
  return gap >= mask.ndim && shape.every((d, i) => d === 1 || d === x.shape[i + gap])
}

/** x with `values` wherever the mask holds. */
export const writeMasked = (
  x: Tensor,
  mask: Tensor,
  values: Tensor,
  combine: (x: Tensor, values: Tensor) => Tensor,
): Tensor => {
  const holds = broadcastInDim(
    mask,
    x.shape,
    mask.shape.map((_, i) => i),
  )
  return select(holds, combine(x, broadcastTo(values, x.shape)), x)
}
