import { sizeOf } from '../../ir/aval.js'
import type { Executable, Handle } from '../../ir/backend.js'
import { allocate, shortName, type TypedArray } from '../../ir/dtype.js'
import { internal } from '../../ir/errors.js'
import type { BufferId } from '../../ir/expr.js'
import type { BufferSpec, Program, Step } from '../../ir/program.js'
import type { RunOnPlaces } from '../walk/places.js'
import { compileContract } from './contract.js'
import { compileBranch, compileLoop, compileWhile } from './controlFlow.js'
import { compileCallback, compileHost } from './host/index.js'
import { elementsOf, HostArray } from './hostArray.js'
import { type CompiledStep, compileKernel } from './loopNest.js'
import { intermediates } from './storage.js'

const newArray = ({ dtype, shape }: BufferSpec): TypedArray => allocate(dtype, sizeOf(shape))

const compileStep = (step: Step, program: Program): CompiledStep => {
  const scratch = (ids: readonly BufferId[]) => ids.map((id) => newArray(program.buffers[id]))
  switch (step.kind) {
    case 'kernel':
      return compileKernel(step)
    case 'contract':
      return compileContract(step)
    case 'host':
      return compileHost(step, program.buffers)
    case 'callback':
      return compileCallback(step)
    case 'loop':
      return compileLoop(step, scratch(step.carried), compileSteps(step.body))
    case 'while':
      return compileWhile(step, scratch(step.carried), compileSteps(step.condition), compileSteps(step.body))
    case 'branch':
      return compileBranch(step, step.branches.map(compileSteps))
  }
}

/** A program that reads and writes arrays it is given; each output is an array of its own. */
const compileSteps = (program: Program): RunOnPlaces<TypedArray> => {
  const steps = program.steps.map((s) => compileStep(s, program))
  const kept = intermediates(program)
  const blank = program.buffers.map((spec, id) => kept.get(id) ?? allocate(spec.dtype, 0))
  return (inputs, outputs) => {
    const buffers = [...blank]
    program.inputs.forEach((id, i) => {
      buffers[id] = inputs[i]
    })
    program.outputs.forEach((id, i) => {
      buffers[id] = outputs[i]
    })
    for (const step of steps) step(buffers)
  }
}

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
  const runSteps = compileSteps(program)
  const specs = program.inputs.map((id) => program.buffers[id])
  const blank = specs.map((spec) => allocate(spec.dtype, 0))
  let running = false
  return {
    run: (inputs) => {
      // a callback that runs the program it is called from needs intermediates of its own
      if (running) return compileProgram(program).run(inputs, [])
      if (inputs.length !== program.inputs.length) {
        throw internal(`reference: ${program.inputs.length} inputs are required, got ${inputs.length}.`)
      }
      const data = inputs.map((handle, i) => inputElements(handle, specs[i], blank[i]))
      const results = new Map<BufferId, TypedArray>(program.inputs.map((id, i) => [id, data[i]]))
      for (const id of program.outputs) if (!results.has(id)) results.set(id, newArray(program.buffers[id]))
      const outputs = program.outputs.map((id) => results.get(id) as TypedArray)
      running = true
      try {
        runSteps(data, outputs)
      } finally {
        running = false
      }
      return outputs.map((array, i) => {
        const isOwn = !data.includes(array) && outputs.indexOf(array) === i
        return new HostArray(isOwn ? array : array.slice())
      })
    },
  }
}
