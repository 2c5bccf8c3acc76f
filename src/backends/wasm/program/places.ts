import type { BufferId } from '../../../ir/expr.js'
import { bytesOf, lastUsesOf, reads, writes } from '../../../ir/memory.js'
import type { Program, Step } from '../../../ir/program.js'
import { blockSize } from '../memory/freeBlocks.js'
import { type Lifetime, placed } from '../memory/lifetimes.js'
import { readsOwnParts } from '../nest/kernelCode.js'
import { readsInPlace } from './reuse.js'
import type { PlannedStep } from './rowGroups.js'

/** Where in a program's block things are, in bytes from its start. The first is a table of the buffers' addresses. */
export type Places = {
  readonly bytes: number
  readonly buffers: ReadonlyMap<BufferId, number>
  /** Intermediates that are where an output will be, which is written over them. */
  readonly inOutputs: ReadonlyMap<BufferId, BufferId>
  /** For each group of steps, places for its scratch. */
  readonly scratch: readonly (readonly number[])[]
}

/**
 * Places for a program's intermediates, and for the scratch of its groups of steps. A buffer lives from the group that writes it to
 * the last that reads it; buffers that never live together may share memory. A kernel that reads one for the last time, and where
 * it writes only, writes over it; where that is an output, the intermediate is in the output's memory, not in the block. `addresses`:
 * entries of the table.
 */
export const placesOf = (
  program: Program,
  groups: readonly (readonly Omit<PlannedStep, 'parts'>[])[],
  addresses: number,
  scratchOf: readonly (readonly number[])[],
): Places => {
  const stepsOf = groups.map((group) => group.map((s) => s.step))
  const lastGroup = lastUsesOf(stepsOf)
  const steps = stepsOf.flat()
  const lastStep = lastUsesOf(steps.map((step) => [step]))
  const isLast = (step: Step, id: BufferId): boolean => steps[lastStep.get(id) ?? -1] === step
  const bytes = (id: BufferId): number => bytesOf(program.buffers[id])
  const outputs = new Set(program.outputs)
  const lifetimes: Lifetime[] = []
  const lifeOf = new Map<BufferId, number>()
  /** Lives that end in an output's memory. */
  const outputOf = new Map<number, BufferId>()
  const scratchLives = groups.map((group, at) => {
    /** Whether no kernel of the group reads a buffer in other rows than its own. */
    const isByRow = (id: BufferId): boolean =>
      group.length === 1 ||
      group.every(
        ({ step, plan }) =>
          !reads(step).includes(id) || (plan !== null && readsOwnParts(plan, id, bytes(id))),
      )
    for (const { step } of group) {
      const ending = reads(step).filter((id) => lifeOf.has(id) && isLast(step, id) && isByRow(id))
      for (const id of writes(step)) {
        if (lifeOf.has(id)) continue
        const to = lastGroup.get(id) ?? at
        const over = ending.findIndex((e) => bytes(e) === bytes(id) && overwrites(program, step, id, e))
        const life = over < 0 ? null : (lifeOf.get(ending.splice(over, 1)[0]) as number)
        if (outputs.has(id)) {
          if (life !== null) outputOf.set(life, id)
        } else if (life !== null) {
          lifetimes[life] = { ...lifetimes[life], to }
          lifeOf.set(id, life)
        } else lifeOf.set(id, lifetimes.push({ bytes: bytes(id), from: at, to }) - 1)
      }
    }
    return scratchOf[at].map((size) => lifetimes.push({ bytes: size, from: at, to: at }) - 1)
  })
  const inBlock = lifetimes.map((life, i) => (outputOf.has(i) ? { ...life, bytes: 0 } : life))
  const { places, end } = placed(inBlock, blockSize(4 * addresses))
  return {
    bytes: end,
    buffers: new Map([...lifeOf].flatMap(([id, life]) => (outputOf.has(life) ? [] : [[id, places[life]]]))),
    inOutputs: new Map(
      [...lifeOf].flatMap(([id, life]) => {
        const output = outputOf.get(life)
        return output === undefined ? [] : [[id, output]]
      }),
    ),
    scratch: scratchLives.map((lives) => lives.map((life) => places[life])),
  }
}

/** Whether a step may write a buffer over another, which it reads. A product is written before its other operands are read. */
const overwrites = ({ buffers }: Program, step: Step, id: BufferId, over: BufferId): boolean =>
  step.kind === 'kernel' && buffers[id].dtype === buffers[over].dtype && readsInPlace(step, over)
