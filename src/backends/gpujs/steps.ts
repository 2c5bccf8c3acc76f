import { sizeOf } from '../../ir/aval.js'
import type { Placement } from '../../ir/backend.js'
import { allocate, type DType, type TypedArray } from '../../ir/dtype.js'
import { reads, writes } from '../../ir/memory.js'
import type { BufferSpec, Contract, Kernel, Loop, Program, Step } from '../../ir/program.js'
import { compileContract } from '../reference/contract.js'
import { compileCallback, compileHost } from '../reference/host/index.js'
import { type CompiledStep, compileKernel } from '../reference/loopNest.js'
import {
  arrayOf,
  inTurn,
  type OwnedArray,
  type Read,
  type Run,
  type RunProgram,
  runningBranch,
  runningLoop,
  runningWhile,
  type Slicing,
} from '../walk/arrays.js'
import { divided } from './divide.js'

/** A compiled step, and where it runs. */
export type Compiled<A> = { readonly run: Run<A>; readonly placement: Placement }

/** A compiled program, and where its steps run. */
export type CompiledProgram<A> = { readonly run: RunProgram<A>; readonly placements: readonly Placement[] }

/** A device of gpu.js's, and the arrays it works on. */
export interface StepDevice<A> {
  /** Why a kernel or a contraction has to run on the host; `null`: it runs on the device. */
  whyOnHost(step: Kernel | Contract): string | null
  kernel(step: Kernel, specs: readonly BufferSpec[]): Compiled<A>
  contract(step: Contract, specs: readonly BufferSpec[]): Compiled<A>
  onHost(dtype: DType, data: TypedArray): A
  readonly read: Read<A>
  /** The body that a loop's slices, as `slicing` gives them, are for; and where the loop runs. */
  loop(step: Loop): { readonly body: Program; readonly where: string; readonly slicing: Slicing<A> }
}

const controlled = <A>(where: string, run: Run<A>, parts: readonly CompiledProgram<A>[]): Compiled<A> => ({
  run,
  placement: { where, sources: [], within: parts.map((p) => p.placements) },
})

/** Compiles programs for a device: to kernels of its own, to steps of the host's, and to loops and branches of both. */
export class StepCompiler<A extends OwnedArray<A>> {
  readonly #device: StepDevice<A>

  constructor(device: StepDevice<A>) {
    this.#device = device
  }

  program(program: Program): CompiledProgram<A> {
    const steps = program.steps.map((step) => this.#step(step, program.buffers))
    return {
      run: inTurn(
        program,
        steps.map((s) => s.run),
      ),
      placements: steps.map((s) => s.placement),
    }
  }

  #step(step: Step, specs: readonly BufferSpec[]): Compiled<A> {
    const device = this.#device
    switch (step.kind) {
      case 'kernel':
        return this.#kernel(step, specs)
      case 'contract': {
        const why = this.#whyOnHost(step, specs)
        return why === null
          ? device.contract(step, specs)
          : this.#onHost(why, compileContract(step), step, specs)
      }
      case 'host':
        return this.#onHost(
          `${step.call.routine} is a routine of the host`,
          compileHost(step, specs),
          step,
          specs,
        )
      case 'callback':
        return this.#onHost('a function of the host', compileCallback(step), step, specs)
      case 'loop': {
        const { body, where, slicing } = device.loop(step)
        const compiled = this.program(body)
        return controlled(where, runningLoop(step, specs, slicing, compiled.run), [compiled])
      }
      case 'while': {
        const [condition, body] = [this.program(step.condition), this.program(step.body)]
        const run = runningWhile(step, device.read, condition.run, body.run)
        return controlled('a loop of the host, which reads the condition back', run, [condition, body])
      }
      case 'branch': {
        const branches = step.branches.map((b) => this.program(b))
        const runs = branches.map((b) => b.run)
        const run = runningBranch(step, device.read, runs)
        return controlled('chosen on the host, which reads the index back', run, branches)
      }
    }
  }

  #whyOnHost(step: Kernel | Contract, specs: readonly BufferSpec[]): string | null {
    return isEmpty(step, specs) ? 'nothing to compute' : this.#device.whyOnHost(step)
  }

  /** On the device where it can run there, or else on the host, or in part. */
  #kernel(step: Kernel, specs: readonly BufferSpec[]): Compiled<A> {
    const device = this.#device
    const why = this.#whyOnHost(step, specs)
    if (why === null) return device.kernel(step, specs)
    const parts = isEmpty(step, specs) ? null : divided(step, specs.length, (s) => device.whyOnHost(s))
    if (parts === null) return this.#onHost(why, compileKernel(step), step, specs)
    const all = [...specs, ...parts.between]
    const host = parts.host.map((kernel) => this.#onHost(why, compileKernel(kernel), kernel, all))
    const last = device.kernel(parts.device, all)
    return {
      placement: {
        where: `on the device, and in part on the host: ${why}`,
        sources: last.placement.sources,
        within: [],
      },
      run: function* (arrays) {
        for (const { run } of [...host, last]) {
          const work = run(arrays)
          if (work !== null) yield* work
        }
        for (const array of arrays.splice(specs.length)) array?.free()
      },
    }
  }

  #onHost(why: string, compute: CompiledStep, step: Step, specs: readonly BufferSpec[]): Compiled<A> {
    const device = this.#device
    const [inputs, outputs] = [[...new Set(reads(step))], writes(step)]
    return {
      placement: { where: `on the host: ${why}`, sources: [], within: [] },
      run: function* (arrays) {
        const buffers: TypedArray[] = new Array(specs.length)
        for (const id of inputs) buffers[id] = yield* device.read(arrayOf(arrays, id))
        for (const id of outputs) {
          const { dtype, shape } = specs[id]
          buffers[id] = allocate(dtype, sizeOf(shape))
        }
        compute(buffers)
        for (const id of outputs) arrays[id] = device.onHost(specs[id].dtype, buffers[id])
      },
    }
  }
}

const isEmpty = (step: Kernel | Contract, specs: readonly BufferSpec[]): boolean =>
  step.outputs.every((o) => sizeOf(specs[o.buffer].shape) === 0)
