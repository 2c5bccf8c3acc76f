import { type Shape, sameShape } from '../../../graph/aval.js'
import { byteSize } from '../../../graph/dtype.js'
import type { BufferId, Load } from '../../../graph/kernel/expr.js'
import { loadsOf, nestSpace } from '../../../graph/kernel/join.js'
import { bytesOf, lastUsesOf, reads, writes } from '../../../graph/kernel/memory.js'
import type { Program, Step } from '../../../graph/kernel/program.js'
import { isDense } from '../../../graph/kernel/view.js'
import { readsOwnParts } from '../nest/kernelCode.js'
import type { RowGroup } from './rowGroups.js'

/** Whether a load at the points of a space reads each element where that element of a result of the space is written. */
export const isInPlace = ({ view, dynamic }: Load, space: Shape): boolean =>
  isDense(view) && dynamic.length === 0 && sameShape(view.shape, space)

/** Whether a step reads each element of a buffer only where it writes it, and before. */
export const readsInPlace = (step: Step, id: BufferId): boolean => {
  if (step.kind !== 'contract' && (step.kind !== 'kernel' || step.reduction !== null)) return false
  if (step.kind === 'contract' && (step.lhs.buffer === id || step.rhs.buffer === id)) return false
  const space = nestSpace(step)
  return loadsOf(step.outputs.map((o) => o.value)).every((l) => l.buffer !== id || isInPlace(l, space))
}

/** For each output, the inputs whose storage may become its own, if they are donated. `inOutputs`: intermediates that are in an output's. */
export const reusableInputs = (
  program: Program,
  groups: readonly RowGroup[],
  inOutputs: ReadonlyMap<BufferId, BufferId>,
): readonly (readonly number[])[] => {
  const { buffers } = program
  const ofGroups = groups.map(({ steps }) => steps.map((s) => s.step))
  const last = lastUsesOf(ofGroups)
  return program.outputs.map((output) => {
    const isWriter = (step: Step): boolean =>
      writes(step).some((id) => id === output || inOutputs.get(id) === output)
    const at = ofGroups.findIndex((steps) => steps.some(isWriter))
    if (at < 0) return []
    const writer = ofGroups[at].findIndex(isWriter)
    /** Whether what a group reads of an input is read by the time that something is written there. */
    const isReadBefore = (input: BufferId): boolean =>
      groups[at].steps.every(({ step, plan }, i) => {
        if (!reads(step).includes(input)) return true
        if (i === writer)
          return (
            byteSize(buffers[input].dtype) === byteSize(buffers[output].dtype) && readsInPlace(step, input)
          )
        return i < writer && plan !== null && readsOwnParts(plan, input, bytesOf(buffers[input]))
      })
    return program.inputs.flatMap((input, i) => {
      if (program.outputs.includes(input)) return []
      if (bytesOf(buffers[input]) !== bytesOf(buffers[output])) return []
      const end = last.get(input) ?? -1
      return end < at || (end === at && isReadBefore(input)) ? [i] : []
    })
  })
}
