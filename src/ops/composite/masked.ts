import { aval, formatAval, formatShape, sameShape, sizeOf } from '../../graph/aval.js'
import { concretize } from '../../graph/concretize.js'
import { ShapeError } from '../../graph/errors.js'
import { fromHost, Tensor } from '../../graph/tensor.js'
import type { Index } from '../../graph/tensorMethods.js'
import { broadcastInDim } from '../broadcast.js'
import { gather } from '../gather.js'
import { broadcastTo } from '../lift.js'
import { reshape } from '../reshape.js'
import { select } from '../select.js'

/** The mask that an index consists of, over the first axes of x. @throws ShapeError where it has another shape */
export const maskOf = (name: string, x: Tensor, index: readonly Index[]): Tensor | null => {
  const [mask] = index
  if (index.length !== 1 || !(mask instanceof Tensor) || mask.dtype !== 'bool') return null
  if (!sameShape(mask.shape, x.shape.slice(0, mask.ndim)))
    throw new ShapeError(
      `${name}: a mask over the first axes of ${formatAval(x.aval)} is required, got ${formatAval(mask.aval)}.`,
    )
  return mask
}

/** The parts of x where the mask holds: [count, ...the other axes]. @throws ConcretizationError on a traced mask */
export const readMasked = (x: Tensor, mask: Tensor): Tensor => {
  const places: number[] = []
  concretize(mask)
    .read()
    .forEach((holds, i) => {
      if (holds !== 0) places.push(i)
    })
  const at = fromHost(Int32Array.from(places), aval([places.length], 'int32'))
  const rest = x.shape.slice(mask.ndim)
  if (places.length === 0) return reshape(x, [sizeOf(mask.shape), ...rest]).get({ stop: 0 })
  return gather(reshape(x, [sizeOf(mask.shape), ...rest]), [at], [0])
}

/** x with `values`, the same for each place, where the mask holds. @throws ShapeError on values for single places */
export const writeMasked = (
  name: string,
  x: Tensor,
  mask: Tensor,
  values: Tensor,
  combine: (x: Tensor, values: Tensor) => Tensor,
): Tensor => {
  const rest = x.shape.slice(mask.ndim)
  const gap = rest.length - values.ndim
  if (gap < 0 || values.shape.some((d, i) => d !== 1 && d !== rest[i + gap]))
    throw new ShapeError(
      `${name}: values that broadcast to ${formatShape(rest)} are required beside a mask, got ${formatAval(values.aval)}. Use np.where(mask, values, x).`,
    )
  const holds = broadcastInDim(
    mask,
    x.shape,
    mask.shape.map((_, i) => i),
  )
  return select(holds, combine(x, broadcastTo(values, x.shape)), x)
}
