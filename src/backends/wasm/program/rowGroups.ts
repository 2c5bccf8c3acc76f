import { sizeOf } from '../../../graph/aval.js'
import type { BufferId } from '../../../graph/kernel/expr.js'
import { bytesOf, writes } from '../../../graph/kernel/memory.js'
import type { BufferSpec, Kernel, Step } from '../../../graph/kernel/program.js'
import { dividedInto, type KernelPlan, planKernel, readsOwnParts } from '../nest/kernelCode.js'
import { partsOf } from '../nest/partialReduction.js'
import { job } from '../threads/meeting.js'
import { callsHost } from './kernelModule.js'

/** A step; its plan, where it is one loop nest. */
type PlannedStep = { readonly step: Step; readonly plan: KernelPlan | null }

/**
 * Steps one after the other. Where there are several, each is a kernel of `rows` units, of which unit i reads of what the
 * others wrote only what they wrote in unit i: so they can go row by row, with what they hand on in a cache.
 */
export type RowGroup = { readonly steps: readonly PlannedStep[]; readonly rows: number }

/** Fewer rows are not worth keeping together: threads could not share them out. */
const fewestRows = 16

/** Whether a step is one nest: it has points, and is no reduction in parts. */
const isNest = (step: Step): step is Kernel =>
  step.kind === 'kernel' && sizeOf(step.space) > 0 && partsOf(step) === 1

/** Into how many rows a kernel's points can be divided, from the most to the fewest. */
const rowCounts = (plan: KernelPlan): readonly number[] => {
  let rows = 1
  const counts = plan.kernel.space.map((extent) => (rows *= extent)).reverse()
  return counts.filter((count) => dividedInto(plan, count) !== null)
}

/** Steps in groups that are as long as can be. */
export const rowGroups = (steps: readonly Step[], buffers: readonly BufferSpec[]): readonly RowGroup[] => {
  const groups: RowGroup[] = []
  let open: PlannedStep[] = []
  let counts: readonly number[] = []
  let written = new Set<BufferId>()
  const close = (): void => {
    const [rows] = counts
    groups.push({
      steps:
        open.length < 2 ? open : open.map((s) => ({ ...s, plan: dividedInto(s.plan as KernelPlan, rows) })),
      rows,
    })
    open = []
  }
  const isReadBy = ({ frame }: KernelPlan): boolean =>
    [...frame.loads.keys()].some((l) => written.has(l.buffer))
  const isOwn = (plan: KernelPlan, rows: number): boolean => {
    const divided = rows < fewestRows ? null : dividedInto(plan, rows)
    return divided !== null && [...written].every((id) => readsOwnParts(divided, id, bytesOf(buffers[id])))
  }
  for (const step of steps) {
    const plan = isNest(step) ? planKernel(step) : null
    const joins =
      open.length > 0 &&
      open.length < job.mostFunctions &&
      plan !== null &&
      isReadBy(plan) &&
      !callsHost(plan.kernel)
    const left = joins ? counts.filter((rows) => isOwn(plan, rows)) : []
    if (left.length === 0) {
      if (open.length > 0) close()
      counts = plan === null || callsHost(plan.kernel) ? [] : rowCounts(plan)
      written = new Set()
    } else counts = left
    open.push({ step, plan })
    for (const id of writes(step)) written.add(id)
  }
  if (open.length > 0) close()
  return groups
}
