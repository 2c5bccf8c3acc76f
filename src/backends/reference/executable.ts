import { sizeOf } from '../../graph/aval.js'
import type { Executable, Handle } from '../../graph/backend.js'
import { allocate, shortName, type TypedArray } from '../../graph/dtype.js'
import { internal } from '../../graph/errors.js'
import type { BufferSpec, Program, Step } from '../../graph/kernel/program.js'
import { compileContract } from './contract.js'
import { compileHost } from './host.js'
import { elementsOf, HostArray } from './hostArray.js'
import { type CompiledStep, compileKernel } from './loopNest.js'
import { intermediates } from './storage.js'

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

const newArray = ({ dtype, shape }: BufferSpec): TypedArray => allocate(dtype, sizeOf(shape))

/** The elements of an input. @throws GradError unless they are as many, and of the type, that the program says */
const inputElements = (handle: Handle, spec: BufferSpec, like: TypedArray): TypedArray => {
  const data = elementsOf(handle)
  if (data.length !== sizeOf(spec.shape) || data.constructor !== like.constructor) {
    const required = `${shortName(spec.dtype)}[${spec.shape.join(',')}]`
    throw internal(
      `reference: an input ${required} is required, got ${data.length} elements of ${data.constructor.name}.`,
    )
  }
  return data
}

/** A program as a list of closures over an array of buffers. */
export const compileProgram = (program: Program): Executable => {
  const steps = program.steps.map((s) => compileStep(s, program))
  const kept = intermediates(program)
  const blank = program.buffers.map((spec, id) => kept.get(id) ?? allocate(spec.dtype, 0))
  return {
    run: (inputs) => {
      if (inputs.length !== program.inputs.length) {
        throw internal(`reference: ${program.inputs.length} inputs are required, got ${inputs.length}.`)
      }
      const buffers = [...blank]
      for (const id of program.outputs) buffers[id] = newArray(program.buffers[id])
      program.inputs.forEach((id, i) => {
        buffers[id] = inputElements(inputs[i], program.buffers[id], blank[id])
      })
      for (const step of steps) step(buffers)
      return program.outputs.map((id, i) => {
        const isOwn = !program.inputs.includes(id) && program.outputs.indexOf(id) === i
        return new HostArray(isOwn ? buffers[id] : buffers[id].slice())
      })
    },
  }
}
