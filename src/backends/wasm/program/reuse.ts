import { type Shape, sameShape } from '../../../ir/aval.js'
import { byteSize } from '../../../ir/dtype.js'
import type { BufferId, Load } from '../../../ir/expr.js'
import { bytesOf, lastUsesOf, reads, writes } from '../../../ir/memory.js'
import { nestSpace } from '../../../ir/nests.js'
import { loadsOf } from '../../../ir/nodes.js'
import type { Program, Step } from '../../../ir/program.js'
import { isDense } from '../../../ir/view.js'
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

/** The inputs whose storage may become an output's own; those that the output's writer reads last come first. */
export type Reusable = { readonly find: (isGiven: (input: number) => boolean) => number | undefined }

/** An input by its place, and the last group that reads it. */
type Ending = { readonly input: number; readonly end: number }

const listed = <K>(lists: Map<K, Ending[]>, key: K, ending: Ending): void => {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [ending])
  else list.push(ending)
}

/** For each output, the inputs that it may be written over, if they are donated. `inOutputs`: intermediates that are in an output's. */
export const reusableInputs = (
  program: Program,
  groups: readonly RowGroup[],
  inOutputs: ReadonlyMap<BufferId, BufferId>,
): readonly Reusable[] => {
  const { buffers } = program
  const outputs = new Set(program.outputs)
  const last = lastUsesOf(groups.map(({ steps }) => steps.map((s) => s.step)))
  /** Where something is first written where a buffer is. */
  const written = new Map<BufferId, { readonly at: number; readonly writer: number }>()
  groups.forEach(({ steps }, at) => {
    steps.forEach(({ step }, writer) => {
      for (const id of writes(step)) {
        const place = inOutputs.get(id) ?? id
        if (!written.has(place)) written.set(place, { at, writer })
      }
    })
  })
  const bySize = new Map<number, Ending[]>()
  const byEnd = new Map<number, Ending[]>()
  program.inputs.forEach((id, input) => {
    if (outputs.has(id)) return
    const ending = { input, end: last.get(id) ?? -1 }
    listed(bySize, bytesOf(buffers[id]), ending)
    listed(byEnd, ending.end, ending)
  })
  return program.outputs.map((output): Reusable => {
    const first = written.get(output)
    if (first === undefined) return { find: () => undefined }
    const { at, writer } = first
    const bytes = bytesOf(buffers[output])
    /** Whether the group has read an input by the time that something is written over it. */
    const isReadBefore = (input: BufferId): boolean =>
      groups[at].steps.every(({ step, plan }, i) => {
        if (!reads(step).includes(input)) return true
        if (i === writer)
          return (
            byteSize(buffers[input].dtype) === byteSize(buffers[output].dtype) && readsInPlace(step, input)
          )
        return i < writer && plan !== null && readsOwnParts(plan, input, bytes)
      })
    const known = new Map<number, boolean>()
    const mayEndHere = (input: number): boolean => {
      const id = program.inputs[input]
      const may = known.get(input) ?? (bytesOf(buffers[id]) === bytes && isReadBefore(id))
      known.set(input, may)
      return may
    }
    const [here, alike] = [byEnd.get(at) ?? [], bySize.get(bytes) ?? []]
    return {
      find: (isGiven) =>
        here.find(({ input }) => mayEndHere(input) && isGiven(input))?.input ??
        alike.find(({ input, end }) => end < at && isGiven(input))?.input,
    }
  })
}
