import type { BufferId } from './expr.js'
import { bytesOf, intermediateBytes, reads, writes } from './memory.js'
import { type Program, type Step, subPrograms } from './program.js'

/** Intermediates of fewer bytes wait for nothing. */
const little = 1 << 16

/** Another order is taken for so many bytes, and for this part of all, or more. */
const [muchSaved, partSaved] = [1 << 22, 1 / 16]

/** Whether a step does something besides computing. */
const acts = (step: Step): boolean =>
  step.kind === 'callback' || subPrograms(step).some((p) => p.steps.some(acts))

/**
 * For each step, the steps that come before it in any order. A step stays behind the others that read an input of the
 * program which it reads too: its result may then take the place of that input.
 */
const predecessors = ({ steps, inputs, outputs }: Program): readonly (readonly number[])[] => {
  const isInput = new Set(inputs)
  const isOutput = new Set(outputs)
  const writers = new Map<BufferId, number>()
  const readers = new Map<BufferId, number[]>()
  let acted: number | null = null
  return steps.map((step, at) => {
    const before = new Set<number>()
    const written = writes(step)
    const isLast = written.some((id) => isOutput.has(id))
    for (const id of reads(step)) {
      const writer = writers.get(id)
      if (writer !== undefined) before.add(writer)
      const others = readers.get(id)
      if (isLast && isInput.has(id)) for (const other of others ?? []) before.add(other)
      if (others === undefined) readers.set(id, [at])
      else others.push(at)
    }
    for (const id of written) writers.set(id, at)
    if (acts(step)) {
      if (acted !== null) before.add(acted)
      acted = at
    }
    return [...before]
  })
}

/** What writes little comes as soon as it can; the others keep their order. */
const littleFirst = (program: Program): readonly Step[] => {
  const { steps, buffers } = program
  const outside = new Set([...program.inputs, ...program.outputs])
  const needs = predecessors(program)
  const isLittle = steps.map(
    (step) =>
      writes(step).reduce((sum, id) => sum + (outside.has(id) ? 0 : bytesOf(buffers[id])), 0) < little,
  )
  const missing = needs.map((n) => n.length)
  const followers = steps.map((): number[] => [])
  needs.forEach((n, at) => {
    for (const before of n) followers[before].push(at)
  })
  const order: Step[] = []
  const isDone = steps.map(() => false)
  const take = (at: number): void => {
    isDone[at] = true
    order.push(steps[at])
    for (const next of followers[at]) if (--missing[next] === 0 && isLittle[next]) take(next)
  }
  for (let at = 0; at < steps.length; at++) if (missing[at] === 0 && isLittle[at] && !isDone[at]) take(at)
  for (let at = 0; at < steps.length; at++) if (!isDone[at]) take(at)
  return order
}

/** The program with steps in an order in which memory is free sooner, where that saves much. */
export const freedSooner = (program: Program): Program => {
  const before = intermediateBytes(program)
  if (before < muchSaved) return program
  const other = { ...program, steps: littleFirst(program) }
  const saved = before - intermediateBytes(other)
  return saved >= Math.max(muchSaved, partSaved * before) ? other : program
}
