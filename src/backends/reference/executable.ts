import { sizeOf } from '../../graph/aval.js'
import type { Executable, Handle } from '../../graph/backend.js'
import { allocate, type TypedArray } from '../../graph/dtype.js'
import { internal } from '../../graph/errors.js'
import type { BufferId, Expr } from '../../graph/kernel/expr.js'
import type { Program, Step } from '../../graph/kernel/program.js'
import { compileContract } from './contract.js'
import { operandsFirst } from './expression.js'
import { compileHost } from './host.js'
import { elementsOf, HostArray } from './hostArray.js'
import { type CompiledStep, compileKernel } from './loopNest.js'

const compileStep = (step: Step, program: Program): CompiledStep => {
  switch (step.kind) {
    case 'kernel':
      return compileKernel(step)
    case 'contract':
      return compileContract(step)
    case 'host':
      return compileHost(step, program.buffers)
  }
}

const loaded = (roots: readonly Expr[]): readonly BufferId[] =>
  operandsFirst(roots).flatMap((e) => (e.op === 'load' ? [e.buffer] : []))

const reads = (step: Step): readonly BufferId[] => {
  switch (step.kind) {
    case 'kernel':
      return loaded([...step.outputs.map((o) => o.value), ...(step.reduction?.element ?? [])])
    case 'contract':
      return loaded([step.lhs, step.rhs])
    case 'host':
      return step.inputs
  }
}

const writes = (step: Step): readonly BufferId[] =>
  step.kind === 'kernel'
    ? step.outputs.map((o) => o.buffer)
    : step.kind === 'contract'
      ? [step.output]
      : step.outputs

/**
 * Where each intermediate lives: arrays are shared by buffers of one dtype and size whose lives don't overlap.
 * Inputs and outputs have none; they belong to the caller.
 */
const planIntermediates = (
  program: Program,
): { readonly slots: ReadonlyMap<BufferId, number>; readonly arrays: readonly TypedArray[] } => {
  const external = new Set([...program.inputs, ...program.outputs])
  const lastRead = new Map<BufferId, number>()
  program.steps.forEach((step, i) => {
    for (const b of [...writes(step), ...reads(step)]) lastRead.set(b, i)
  })
  const slots = new Map<BufferId, number>()
  const arrays: TypedArray[] = []
  const free = new Map<string, number[]>()
  const kind = (b: BufferId) => `${program.buffers[b].dtype} ${sizeOf(program.buffers[b].shape)}`
  program.steps.forEach((step, i) => {
    for (const b of writes(step)) {
      if (external.has(b)) continue
      const known = free.get(kind(b))?.pop()
      const { dtype, shape } = program.buffers[b]
      slots.set(b, known ?? arrays.push(allocate(dtype, sizeOf(shape))) - 1)
    }
    for (const b of new Set([...writes(step), ...reads(step)])) {
      const slot = slots.get(b)
      if (slot === undefined || lastRead.get(b) !== i) continue
      const list = free.get(kind(b))
      if (list === undefined) free.set(kind(b), [slot])
      else list.push(slot)
    }
  })
  return { slots, arrays }
}

/** A program as a list of closures over an array of buffers. */
export const compileProgram = (program: Program): Executable => {
  const steps = program.steps.map((s) => compileStep(s, program))
  const { slots, arrays } = planIntermediates(program)
  return {
    run: (inputs): readonly Handle[] => {
      if (inputs.length !== program.inputs.length) {
        throw internal(`reference: a program of ${program.inputs.length} inputs got ${inputs.length}`)
      }
      const buffers = new Array<TypedArray>(program.buffers.length)
      for (const [b, slot] of slots) buffers[b] = arrays[slot]
      program.inputs.forEach((b, i) => {
        buffers[b] = elementsOf(inputs[i])
      })
      for (const b of program.outputs)
        buffers[b] = allocate(program.buffers[b].dtype, sizeOf(program.buffers[b].shape))
      for (const step of steps) step(buffers)
      return program.outputs.map((b) => new HostArray(buffers[b]))
    },
  }
}
