import { sizeOf } from '../../ir/aval.js'
import type { Executable, Handle, Placement } from '../../ir/backend.js'
import { allocate, type DType, type TypedArray } from '../../ir/dtype.js'
import { internal } from '../../ir/errors.js'
import type { BufferId } from '../../ir/expr.js'
import { lastUses, reads, writes } from '../../ir/memory.js'
import type { Contract, Kernel, Program, Step } from '../../ir/program.js'
import { compileCallback } from '../reference/callback.js'
import { compileContract } from '../reference/contract.js'
import { compileHost } from '../reference/host/index.js'
import { type CompiledStep, compileKernel } from '../reference/loopNest.js'
import { contractSources } from './contractSource.js'
import {
  type Arrays,
  arrayOf,
  compileBranch,
  compileLoop,
  compileWhile,
  type Run,
  type RunProgram,
} from './controlFlow.js'
import { DeviceArray } from './deviceArray.js'
import { divided } from './divide.js'
import { specialNumbers } from './expressionSource.js'
import { type KernelSource, mapSource, reductionSource, stagedReduction } from './kernelSource.js'
import { type TextureSize, textureSize } from './layout.js'
import { whyOnHost } from './placement.js'
import { leftOperand } from './product.js'
import type { DeviceKernel, DeviceTexture, Runtime } from './runtime.js'
import { readingStacks, stacking } from './slices.js'

/** A compiled step: reads arrays, and sets those that it makes. */
type Compiled = { readonly run: Run; readonly placement: Placement }

const onDevice = (sources: readonly KernelSource[], run: Run): Compiled => ({
  run,
  placement: { where: 'on the device', sources: sources.map((s) => s.source), within: [] },
})

const controlled = (where: string, run: Run, parts: readonly CompiledProgram[]): Compiled => ({
  run,
  placement: { where, sources: [], within: parts.map((p) => p.placements) },
})

type CompiledProgram = { readonly run: RunProgram; readonly placements: readonly Placement[] }

/** Kernels that put slices together, of different lengths, that are kept. */
const mostStacks = 256

/** Compiles programs for one runtime. */
export class Compiler {
  #specials: DeviceTexture | null = null
  readonly #stacks = new Map<string, RunProgram>()

  readonly #runtime: Runtime

  constructor(runtime: Runtime) {
    this.#runtime = runtime
  }

  executable(program: Program): Executable {
    const { run, placements } = this.#program(program)
    return {
      placements,
      run: (handles, donated) => {
        const inputs = handles.map((h) => {
          if (h instanceof DeviceArray) return h
          throw internal('gpujs: an array of this backend is required as input')
        })
        const outputs = this.#runtime.during(() => run(inputs))
        inputs.forEach((array, i) => {
          if (donated[i] && !outputs.includes(array)) array.free()
        })
        return outputs satisfies readonly Handle[]
      },
    }
  }

  /** Arrays in, arrays out; those in between are freed after their last use. */
  #program(program: Program): CompiledProgram {
    const last = lastUses(program)
    const kept = new Set([...program.inputs, ...program.outputs])
    const steps = program.steps.map((step, at) => {
      const dead = [...new Set([...reads(step), ...writes(step)])].filter(
        (id) => !kept.has(id) && last.get(id) === at,
      )
      return { ...this.#step(step, program), dead }
    })
    const run = (inputs: readonly DeviceArray[]): readonly DeviceArray[] => {
      const arrays: Arrays = new Array(program.buffers.length)
      program.inputs.forEach((id, i) => {
        arrays[id] = inputs[i]
      })
      const made = new Set<DeviceArray>()
      for (const { run, dead } of steps) {
        run(arrays)
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
        const isEmpty = [step.batch, step.m, step.n, step.k].some((g) => sizeOf(g) === 0)
        const why = isEmpty ? 'nothing to compute' : whyOnHost(step)
        return why === null
          ? this.#contract(step, program)
          : this.#onHost(why, compileContract(step), step, program)
      }
      case 'host':
        return this.#onHost(
          `${step.call.routine} is a routine of the host`,
          compileHost(step, program.buffers),
          step,
          program,
        )
      case 'callback':
        return this.#onHost('a function of the host', compileCallback(step), step, program)
      case 'loop': {
        const body = this.#program(readingStacks(step))
        return controlled(
          'a loop of the host; what is carried, and slices, stay on the device',
          compileLoop(this.#runtime, step, program, body.run, (lengths, dtype) =>
            this.#stack(lengths, dtype),
          ),
          [body],
        )
      }
      case 'while': {
        const parts = [this.#program(step.condition), this.#program(step.body)]
        return controlled(
          'a loop of the host, which reads the condition back',
          compileWhile(step, parts[0].run, parts[1].run),
          parts,
        )
      }
      case 'branch': {
        const branches = step.branches.map((b) => this.#program(b))
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
    if (why === null) return this.#kernel(step, program)
    const parts = isEmpty ? null : divided(step, program.buffers.length)
    if (parts === null) return this.#onHost(why, compileKernel(step), step, program)
    const whole = { ...program, buffers: [...program.buffers, ...parts.between] }
    const host = parts.host.map((kernel) => this.#onHost(why, compileKernel(kernel), kernel, whole))
    const device = this.#kernel(parts.device, whole)
    return {
      placement: {
        where: `on the device, and in part on the host: ${why}`,
        sources: device.placement.sources,
        within: [],
      },
      run: (arrays) => {
        for (const { run } of [...host, device]) run(arrays)
        for (const array of arrays.splice(program.buffers.length)) array?.free()
      },
    }
  }

  #onHost(why: string, compute: CompiledStep, step: Step, program: Program): Compiled {
    const [inputs, outputs] = [[...new Set(reads(step))], writes(step)]
    const run = (arrays: Arrays): void => {
      const buffers: TypedArray[] = new Array(program.buffers.length)
      for (const id of inputs) buffers[id] = arrayOf(arrays, id).host()
      for (const id of outputs) {
        const { dtype, shape } = program.buffers[id]
        buffers[id] = allocate(dtype, sizeOf(shape))
      }
      compute(buffers)
      for (const id of outputs)
        arrays[id] = DeviceArray.onHost(this.#runtime, program.buffers[id].dtype, buffers[id])
    }
    return { run, placement: { where: `on the host: ${why}`, sources: [], within: [] } }
  }

  #stack(lengths: readonly number[], dtype: DType): RunProgram {
    const key = `${dtype} ${lengths.join()}`
    const run = this.#stacks.get(key) ?? this.#program(stacking(lengths, dtype)).run
    if (this.#stacks.size >= mostStacks) this.#stacks.clear()
    this.#stacks.set(key, run)
    return run
  }

  #special(): DeviceTexture {
    this.#specials ??= this.#runtime.upload(specialNumbers, textureSize(4))
    return this.#specials
  }

  /** The kernel of a source, compiled when it first runs. */
  #compiled(
    { source, args, outputs, size }: KernelSource,
    sizeOfArgument: (id: BufferId) => TextureSize,
  ): (textureOf: (id: BufferId) => DeviceTexture) => readonly DeviceTexture[] {
    const sizes = args.map((a) => (a === 'special' ? textureSize(4) : sizeOfArgument(a)))
    let kernel: DeviceKernel | null = null
    return (textureOf) => {
      if (kernel === null || kernel.isDestroyed)
        kernel = this.#runtime.kernel({ source, inputs: sizes, outputs, size })
      return kernel.run(args.map((a) => (a === 'special' ? this.#special() : textureOf(a))))
    }
  }

  #kernel(step: Kernel, program: Program): Compiled {
    const own = (id: BufferId) => textureSize(sizeOf(program.buffers[id].shape))
    const store = this.#storing(step.outputs, program)
    const { reduction } = step
    const slots = reduction?.init.length ?? 0
    const staged =
      reduction === null
        ? null
        : stagedReduction(step, reduction, (stage, slot) => program.buffers.length + stage * slots + slot)
    if (reduction === null || staged === null) {
      const values = step.outputs.map((o) => o.value)
      const source = reduction === null ? mapSource(step.space, values) : reductionSource(step, reduction)
      const run = this.#compiled(source, own)
      return onDevice([source], (arrays) => {
        store(
          arrays,
          run((id) => arrayOf(arrays, id).texture()),
        )
      })
    }
    const isOwn = (id: BufferId) => id < program.buffers.length
    const sizes = (id: BufferId) =>
      isOwn(id) ? own(id) : staged[Math.floor((id - program.buffers.length) / slots)].size
    const runs = staged.map((source) => this.#compiled(source, sizes))
    return onDevice(staged, (arrays) => {
      let results: readonly DeviceTexture[] = []
      for (const run of runs) {
        const parts = results
        results = run((id) =>
          isOwn(id) ? arrayOf(arrays, id).texture() : parts[(id - program.buffers.length) % slots],
        )
        for (const part of parts) this.#runtime.free(part)
      }
      store(arrays, results)
    })
  }

  #storing(
    outputs: Kernel['outputs'],
    program: Program,
  ): (arrays: Arrays, textures: readonly DeviceTexture[]) => void {
    return (arrays, textures) => {
      outputs.forEach(({ buffer }, i) => {
        const { dtype, shape } = program.buffers[buffer]
        arrays[buffer] = DeviceArray.onDevice(this.#runtime, dtype, sizeOf(shape), textures[i])
      })
    }
  }

  #contract(step: Contract, program: Program): Compiled {
    const lengthOf = (id: BufferId) => sizeOf(program.buffers[id].shape)
    const own = (id: BufferId) => textureSize(lengthOf(id))
    const sources = contractSources(step, lengthOf)
    const store = this.#storing(step.outputs, program)
    const operands = [step.lhs, step.rhs].map((load, side) => {
      const source = sources.packs[side]
      return { buffer: load.buffer, pack: source === null ? null : this.#compiled(source, own) }
    })
    const product = this.#compiled(sources.product, (id) => textureSize(sources.elements[leftOperand - id]))
    const first = program.buffers.length
    const last = sources.outputs(first)
    const finish = this.#compiled(last, (id) => (id >= first ? sources.size : own(id)))
    const all = [...sources.packs.flatMap((p) => p ?? []), sources.product, last]
    return onDevice(all, (arrays) => {
      const textureOf = (id: BufferId) => arrayOf(arrays, id).texture()
      const packed = operands.map(({ buffer, pack }) =>
        pack === null ? textureOf(buffer) : pack(textureOf)[0],
      )
      const sums = product((id) => packed[leftOperand - id])
      packed.forEach((texture, side) => {
        if (operands[side].pack !== null) this.#runtime.free(texture)
      })
      const results = finish((id) => (id >= first ? sums[id - first] : textureOf(id)))
      for (const sum of sums) this.#runtime.free(sum)
      store(arrays, results)
    })
  }
}
