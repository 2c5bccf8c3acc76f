import { sizeOf } from '../../../ir/aval.js'
import type { BufferId } from '../../../ir/expr.js'
import { bytesOf, writes } from '../../../ir/memory.js'
import type { BufferSpec, Step } from '../../../ir/program.js'
import { dividedInto, type KernelPlan, planKernel, readsOwnParts } from '../nest/kernelCode.js'
import { partsOf } from '../nest/partialReduction.js'
import { job } from '../threads/meeting.js'

/** A step; its plan, where it is one loop nest, which has points; and in how many parts it reduces, 1: in one. */
export type PlannedStep = {
  readonly step: Step
  readonly plan: KernelPlan | null
  readonly parts: number
}

/**
 * Steps one after the other. Where there are several, each is a kernel of `rows` units, whose unit i reads of the others'
 * results only those of their unit i: so they can go row by row, with results handed on in a cache.
 */
export type RowGroup = { readonly steps: readonly PlannedStep[]; readonly rows: number }

/** Fewer rows are not worth keeping together: threads could not share them out. */
const fewestRows = 16

const plannedStep = (step: Step): PlannedStep => {
  if (step.kind !== 'kernel' || sizeOf(step.space) === 0) return { step, plan: null, parts: 1 }
  const parts = partsOf(step)
  return { step, plan: parts === 1 ? planKernel(step) : null, parts }
}

/** Into how many rows a kernel's points can be divided, from the most to the fewest. */
const rowCounts = (plan: KernelPlan): readonly number[] => {
  let rows = 1
  const counts = plan.kernel.space.map((extent) => (rows *= extent)).reverse()
  return counts.filter((count) => dividedInto(plan, count) !== null)
}

/** Steps in groups that are as long as can be, one after the other: a plan is larger than its step. */
export function* rowGroups(steps: Iterable<Step>, buffers: readonly BufferSpec[]): Generator<RowGroup> {
  let open: PlannedStep[] = []
  let counts: readonly number[] = []
  let written = new Set<BufferId>()
  const closed = (): RowGroup => {
    const [rows] = counts
    const group = open
    open = []
    return {
      steps:
        group.length < 2
          ? group
          : group.map((s) => ({ ...s, plan: dividedInto(s.plan as KernelPlan, rows) })),
      rows,
    }
  }
  const isReadBy = ({ frame }: KernelPlan): boolean =>
    [...frame.loads.keys()].some((l) => written.has(l.buffer))
  const isOwn = (plan: KernelPlan, rows: number): boolean => {
    const divided = rows < fewestRows ? null : dividedInto(plan, rows)
    return divided !== null && [...written].every((id) => readsOwnParts(divided, id, bytesOf(buffers[id])))
  }
  for (const step of steps) {
    const planned = plannedStep(step)
    const { plan } = planned
    const joins =
      open.length > 0 && open.length < job.mostFunctions && plan !== null && isReadBy(plan) && !plan.callsHost
    const left = joins ? counts.filter((rows) => isOwn(plan, rows)) : []
    if (left.length === 0) {
      if (open.length > 0) yield closed()
      counts = plan === null || plan.callsHost ? [] : rowCounts(plan)
      written = new Set()
    } else counts = left
    open.push(planned)
    for (const id of writes(step)) written.add(id)
  }
  if (open.length > 0) yield closed()
}
