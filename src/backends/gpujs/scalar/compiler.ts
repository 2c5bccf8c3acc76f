import { sizeOf } from '../../../ir/aval.js'
import type { Placement } from '../../../ir/backend.js'
import { allocate, type TypedArray } from '../../../ir/dtype.js'
import { lastUses, reads, writes } from '../../../ir/memory.js'
import type { BufferSpec, Contract, Kernel, Program, Step } from '../../../ir/program.js'
import { sumOfProducts } from '../../../ir/sumOfProducts.js'
import { compileCallback } from '../../reference/callback.js'
import { compileContract } from '../../reference/contract.js'
import { compileHost } from '../../reference/host/index.js'
import { type CompiledStep, compileKernel } from '../../reference/loopNest.js'
import { arrived, type Work } from '../../walk/waiting.js'
import { divided } from '../divide.js'
import { whyInexact } from '../placement.js'
import {
  type Arrays,
  arrayOf,
  compileBranch,
  compileLoop,
  compileWhile,
  type Run,
  type RunProgram,
} from './controlFlow.js'
import type { ScalarDevice } from './device.js'
import { singleKernels } from './kernels.js'
import { ScalarArray } from './scalarArray.js'
import { scalarSource } from './source.js'

/** Arrays that a kernel reads at most: devices of WebGPU need only take eight, and one is the result. */
export const mostArrays = 7

/** A compiled step: reads arrays, and sets those that it makes. */
type Compiled = { readonly run: Run; readonly placement: Placement }

/** A compiled program, and where its steps run. */
export type CompiledProgram = { readonly run: RunProgram; readonly placements: readonly Placement[] }

const controlled = (where: string, run: Run, parts: readonly CompiledProgram[]): Compiled => ({
  run,
  placement: { where, sources: [], within: parts.map((p) => p.placements) },
})

/** Why a kernel or a contraction has to run on the host; `null`: it runs on the device. */
const whyOnHost = (step: Kernel | Contract): string | null => {
  const arrays = reads(step).length
  return arrays > mostArrays ? `${arrays} arrays at once` : whyInexact(step)
}

/** Compiles programs for one device: a kernel for each result, and on the host what the device cannot do. */
export class ScalarCompiler {
  readonly #device: ScalarDevice

  constructor(device: ScalarDevice) {
    this.#device = device
  }

  /** Arrays in, arrays out; those in between are freed after their last use. */
  program(program: Program): CompiledProgram {
    const last = lastUses(program)
    const kept = new Set([...program.inputs, ...program.outputs])
    const steps = program.steps.map((step, at) => {
      const dead = [...new Set([...reads(step), ...writes(step)])].filter(
        (id) => !kept.has(id) && last.get(id) === at,
      )
      return { ...this.#step(step, program), dead }
    })
    function* run(inputs: readonly ScalarArray[]): Work<readonly ScalarArray[]> {
      const arrays: Arrays = new Array(program.buffers.length)
      program.inputs.forEach((id, i) => {
        arrays[id] = inputs[i]
      })
      const made = new Set<ScalarArray>()
      for (const { run, dead } of steps) {
        yield* run(arrays)
        for (const id of dead) {
          const array = arrays[id]
          arrays[id] = undefined
          // control flow may hand on an array that has another name too
          if (array !== undefined && !arrays.includes(array) && !inputs.includes(array)) array.free()
        }
      }
      return program.outputs.map((id) => {
        const array = arrayOf(arrays, id)
        const isOwn = !inputs.includes(array) && !made.has(array)
        made.add(array)
        return isOwn ? array : array.copy()
      })
    }
    return { run, placements: steps.map((s) => s.placement) }
  }

  #step(step: Step, program: Program): Compiled {
    switch (step.kind) {
      case 'kernel':
        return this.#placed(step, program)
      case 'contract': {
        const isEmpty = step.outputs.every((o) => sizeOf(program.buffers[o.buffer].shape) === 0)
        const why = isEmpty ? 'nothing to compute' : whyOnHost(step)
        return why === null
          ? this.#kernel(sumOfProducts(step), program.buffers)
          : this.#onHost(why, compileContract(step), step, program.buffers)
      }
      case 'host':
        return this.#onHost(
          `${step.call.routine} is a routine of the host`,
          compileHost(step, program.buffers),
          step,
          program.buffers,
        )
      case 'callback':
        return this.#onHost('a function of the host', compileCallback(step), step, program.buffers)
      case 'loop': {
        const body = this.program(step.body)
        return controlled(
          'a loop of the host; what is carried and stacked stays on the device',
          compileLoop(this.#device, step, program, body.run),
          [body],
        )
      }
      case 'while': {
        const parts = [this.program(step.condition), this.program(step.body)]
        return controlled(
          'a loop of the host, which reads the condition back',
          compileWhile(step, parts[0].run, parts[1].run),
          parts,
        )
      }
      case 'branch': {
        const branches = step.branches.map((b) => this.program(b))
        return controlled(
          'chosen on the host, which reads the index back',
          compileBranch(
            step,
            branches.map((b) => b.run),
          ),
          branches,
        )
      }
    }
  }

  /** On the device where it can run there, or else on the host, or in part. */
  #placed(step: Kernel, program: Program): Compiled {
    const isEmpty = step.outputs.every((o) => sizeOf(program.buffers[o.buffer].shape) === 0)
    const why = isEmpty ? 'nothing to compute' : whyOnHost(step)
    if (why === null) return this.#kernel(step, program.buffers)
    const parts = isEmpty ? null : divided(step, program.buffers.length, whyOnHost)
    if (parts === null) return this.#onHost(why, compileKernel(step), step, program.buffers)
    const whole = [...program.buffers, ...parts.between]
    const host = parts.host.map((kernel) => this.#onHost(why, compileKernel(kernel), kernel, whole))
    const device = this.#kernel(parts.device, whole)
    return {
      placement: {
        where: `on the device, and in part on the host: ${why}`,
        sources: device.placement.sources,
        within: [],
      },
      run: function* (arrays) {
        for (const { run } of [...host, device]) yield* run(arrays)
        for (const array of arrays.splice(program.buffers.length)) array?.free()
      },
    }
  }

  #onHost(why: string, compute: CompiledStep, step: Step, specs: readonly BufferSpec[]): Compiled {
    const device = this.#device
    const [inputs, outputs] = [[...new Set(reads(step))], writes(step)]
    function* run(arrays: Arrays): Work<void> {
      const buffers: TypedArray[] = new Array(specs.length)
      for (const id of inputs) buffers[id] = yield* arrayOf(arrays, id).host()
      for (const id of outputs) {
        const { dtype, shape } = specs[id]
        buffers[id] = allocate(dtype, sizeOf(shape))
      }
      compute(buffers)
      for (const id of outputs) arrays[id] = ScalarArray.onHost(device, specs[id].dtype, buffers[id])
    }
    return { run, placement: { where: `on the host: ${why}`, sources: [], within: [] } }
  }

  #kernel(step: Kernel, specs: readonly BufferSpec[]): Compiled {
    const device = this.#device
    const { kernels, between } = singleKernels(step, specs.length, mostArrays)
    const all = [...specs, ...between]
    const compiled = kernels.map((k) => ({
      buffer: k.output.buffer,
      dtype: all[k.output.buffer].dtype,
      source: scalarSource(k, device.isDouble),
    }))
    function* run(arrays: Arrays): Work<void> {
      for (const { buffer, dtype, source } of compiled) {
        const inputs = source.arrays.map((id) => arrayOf(arrays, id).buffer())
        arrays[buffer] = ScalarArray.onDevice(device, dtype, yield* arrived(device.run(source, inputs)))
      }
      for (const array of arrays.splice(specs.length)) array?.free()
    }
    return {
      run,
      placement: { where: 'on the device', sources: compiled.map((c) => c.source.source), within: [] },
    }
  }
}
