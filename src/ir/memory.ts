import { sizeOf } from './aval.js'
import { byteSize } from './dtype.js'
import type { BufferId } from './expr.js'
import { rootsOf } from './nests.js'
import { loadsOf } from './nodes.js'
import { type BufferSpec, type Program, type Step, subPrograms } from './program.js'

const known = new WeakMap<Step, readonly BufferId[]>()

/** The buffers that a step reads; its expressions are walked once. */
export const reads = (step: Step): readonly BufferId[] => {
  let buffers = known.get(step)
  if (buffers === undefined) {
    buffers = readsOf(step)
    known.set(step, buffers)
  }
  return buffers
}

const readsOf = (step: Step): readonly BufferId[] => {
  switch (step.kind) {
    case 'kernel':
    case 'contract':
      return [...new Set(loadsOf(rootsOf(step)).map((l) => l.buffer))]
    case 'host':
    case 'callback':
      return step.inputs
    case 'loop':
      return [...step.constants, ...step.initial, ...step.stackedInputs]
    case 'while':
      return [...step.conditionConstants, ...step.bodyConstants, ...step.initial]
    case 'branch':
      return [step.index, ...step.inputs]
  }
}

/** The buffers that a step writes. */
export const writes = (step: Step): readonly BufferId[] => {
  switch (step.kind) {
    case 'kernel':
    case 'contract':
      return step.outputs.map((o) => o.buffer)
    case 'host':
    case 'callback':
    case 'branch':
      return step.outputs
    case 'loop':
      return [...step.carried, ...step.stackedOutputs]
    case 'while':
      return step.carried
  }
}

/** For every buffer that groups of steps touch, the last group that does. */
export const lastUsesOf = (groups: readonly (readonly Step[])[]): ReadonlyMap<BufferId, number> => {
  const last = new Map<BufferId, number>()
  groups.forEach((steps, at) => {
    for (const id of steps.flatMap((s) => [...writes(s), ...reads(s)])) last.set(id, at)
  })
  return last
}

/** For every buffer that a step touches, the last step that does. */
export const lastUses = (program: Program): ReadonlyMap<BufferId, number> =>
  lastUsesOf(program.steps.map((step) => [step]))

export const bytesOf = (spec: BufferSpec): number => sizeOf(spec.shape) * byteSize(spec.dtype)

/** Bytes that a step needs beside the buffers it names: for programs within it, and for a second copy of carried values. */
const innerBytes = (step: Step, buffers: readonly BufferSpec[]): number => {
  const inner = Math.max(0, ...subPrograms(step).map(intermediateBytes))
  if (step.kind !== 'loop' && step.kind !== 'while') return inner
  return inner + step.carried.reduce((n, id) => n + bytesOf(buffers[id]), 0)
}

/** The most bytes that intermediate values of the program take at once: neither its inputs nor its outputs. */
export const intermediateBytes = (program: Program): number => {
  const last = lastUses(program)
  const outside = new Set([...program.inputs, ...program.outputs])
  let live = 0
  let peak = 0
  program.steps.forEach((step, at) => {
    const written = [...new Set(writes(step))].filter((id) => !outside.has(id))
    for (const id of written) live += bytesOf(program.buffers[id])
    peak = Math.max(peak, live + innerBytes(step, program.buffers))
    for (const id of new Set([...written, ...reads(step)]))
      if (!outside.has(id) && last.get(id) === at) live -= bytesOf(program.buffers[id])
  })
  return peak
}

/** The most bytes live at once while the program runs, inputs and outputs included. */
export const peakBytes = (program: Program): number =>
  [...new Set([...program.inputs, ...program.outputs])].reduce(
    (n, id) => n + bytesOf(program.buffers[id]),
    intermediateBytes(program),
  )
