import { type Shape, sameShape } from '../../../graph/aval.js'
import type { BufferId, Load } from '../../../graph/kernel/expr.js'
import { loadsOf, nestSpace } from '../../../graph/kernel/join.js'
import { bytesOf, lastUses, writes } from '../../../graph/kernel/memory.js'
import type { Program, Step } from '../../../graph/kernel/program.js'
import { isDense } from '../../../graph/kernel/view.js'

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

/** For each output, the inputs whose storage may become its own, if they are donated. */
export const reusableInputs = (program: Program): readonly (readonly number[])[] => {
  const last = lastUses(program)
  const elementBytes = (id: BufferId): string =>
    `${program.buffers[id].dtype === 'float64' ? 8 : program.buffers[id].dtype === 'bool' ? 1 : 4}`
  return program.outputs.map((output) => {
    const at = program.steps.findIndex((step) => writes(step).includes(output))
    if (at < 0) return []
    return program.inputs.flatMap((input, i) => {
      if (program.outputs.includes(input)) return []
      if (bytesOf(program.buffers[input]) !== bytesOf(program.buffers[output])) return []
      const end = last.get(input) ?? -1
      const isFree =
        end < at ||
        (end === at && elementBytes(input) === elementBytes(output) && readsInPlace(program.steps[at], input))
      return isFree ? [i] : []
    })
  })
}
