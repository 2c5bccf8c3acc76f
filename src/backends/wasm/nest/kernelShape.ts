import type { BufferId, Expr } from '../../../ir/expr.js'
import { exprKey } from '../../../ir/intern.js'
import { kernelNodes } from '../../../ir/nests.js'
import type { KernelPlan } from './kernelCode.js'

/** A key that kernels with the same code share, but for the names of their buffers; and the buffers, in the order in which they occur. */
export type KernelShape = { readonly key: string; readonly buffers: readonly BufferId[] }

export const kernelShape = ({ kernel, units, unitSize }: KernelPlan): KernelShape => {
  const { space, reduction, outputs } = kernel
  const ids = new Map<Expr, number>()
  const buffers = new Map<BufferId, number>()
  const id = (e: Expr): number | undefined => ids.get(e)
  const buffer = (b: BufferId): number => {
    const known = buffers.get(b)
    if (known !== undefined) return known
    buffers.set(b, buffers.size)
    return buffers.size - 1
  }
  const keys: string[] = []
  for (const e of kernelNodes(kernel)) {
    keys.push(exprKey(e, id, buffer))
    ids.set(e, ids.size)
  }
  const reduced =
    reduction === null
      ? ''
      : `${reduction.extents}|${reduction.init.map((i) => `${i.dtype}${Object.is(i.value, -0) ? '-0' : i.value}`)}|${reduction.element.map(id)}|${reduction.combine.map(id)}|${JSON.stringify(reduction.statistics ?? [])}`
  const written = outputs.map((o) => `${id(o.value)}>${buffer(o.buffer)}`)
  const key = `${space}/${reduced}/${written}/${units}:${unitSize}/${keys.join(';')}`
  return { key, buffers: [...buffers.keys()] }
}
