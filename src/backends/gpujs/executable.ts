import { sizeOf } from '../../graph/aval.js'
import type { Executable, Handle } from '../../graph/backend.js'
import { allocate, type TypedArray } from '../../graph/dtype.js'
import { internal } from '../../graph/errors.js'
import type { BufferId } from '../../graph/kernel/expr.js'
import { lastUses, reads, writes } from '../../graph/kernel/memory.js'
import type { Branch, Contract, Kernel, Loop, Program, Step, While } from '../../graph/kernel/program.js'
import { compileContract } from '../reference/contract.js'
import { compileHost } from '../reference/host/index.js'
import { type CompiledStep, compileKernel } from '../reference/loopNest.js'
import { contractSources, leftOperand } from './contractSource.js'
import { DeviceArray } from './deviceArray.js'
import { divided } from './divide.js'
import { specialNumbers } from './expressionSource.js'
import { type KernelSource, mapSource, reductionSource, stagedReduction } from './kernelSource.js'
import { type TextureSize, textureSize } from './layout.js'
import { whyOnHost } from './placement.js'
import type { DeviceKernel, DeviceTexture, Runtime } from './runtime.js'

/** The arrays of a running program, by buffer. */
type Arrays = (DeviceArray | undefined)[]

/** A compiled step: reads arrays, and sets those that it makes. */
type Run = (arrays: Arrays) => void

const arrayOf = (arrays: Arrays, id: BufferId): DeviceArray => {
  const found = arrays[id]
  if (found === undefined) throw internal(`gpujs: buffer ${id} is read before it is written`)
  return found
}

/** Compiles programs for one runtime. */
export class Compiler {
  private specials: DeviceTexture | null = null

  constructor(private readonly runtime: Runtime) {}

  executable(program: Program): Executable {
    const run = this.program(program)
    return {
      run: (handles, donated) => {
        const inputs = handles.map((h) => {
          if (h instanceof DeviceArray) return h
          throw internal('gpujs: an array of this backend is required as input')
        })
        const outputs = run(inputs)
        inputs.forEach((array, i) => {
          if (donated[i] && !outputs.includes(array)) array.free()
        })
        return outputs satisfies readonly Handle[]
      },
    }
  }

  /** Arrays in, arrays out; those in between are freed after their last use. */
  private program(program: Program): (inputs: readonly DeviceArray[]) => readonly DeviceArray[] {
    const last = lastUses(program)
    const kept = new Set([...program.inputs, ...program.outputs])
    const steps = program.steps.map((step, at) => {
      const dead = [...new Set([...reads(step), ...writes(step)])].filter(
        (id) => !kept.has(id) && last.get(id) === at,
      )
      return { run: this.step(step, program), dead }
    })
    return (inputs) => {
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
        return isOwn ? array : this.copy(array)
      })
    }
  }

  private copy(array: DeviceArray): DeviceArray {
    return DeviceArray.onHost(this.runtime, array.dtype, array.host().slice())
  }

  private step(step: Step, program: Program): Run {
    switch (step.kind) {
      case 'kernel':
        return this.placed(step, program)
      case 'contract': {
        const isEmpty = [step.batch, step.m, step.n, step.k].some((g) => sizeOf(g) === 0)
        return whyOnHost(step) === null && !isEmpty
          ? this.contract(step, program)
          : this.onHost(compileContract(step), step, program)
      }
      case 'host':
        return this.onHost(compileHost(step, program.buffers), step, program)
      case 'callback':
        return (arrays) => {
          const results = step.call(step.inputs.map((id) => arrayOf(arrays, id).host()))
          step.outputs.forEach((id, i) => {
            const { dtype, shape } = program.buffers[id]
            const own = allocate(dtype, sizeOf(shape))
            own.set(results[i])
            arrays[id] = DeviceArray.onHost(this.runtime, dtype, own)
          })
        }
      case 'loop':
        return this.loop(step, program)
      case 'while':
        return this.whileLoop(step)
      case 'branch':
        return this.branch(step)
    }
  }

  /** On the device where it can run there, or else on the host, or in part. */
  private placed(step: Kernel, program: Program): Run {
    const isEmpty = step.outputs.every((o) => sizeOf(program.buffers[o.buffer].shape) === 0)
    if (!isEmpty && whyOnHost(step) === null) return this.kernel(step, program)
    const parts = isEmpty ? null : divided(step, program.buffers.length)
    if (parts === null) return this.onHost(compileKernel(step), step, program)
    const whole = { ...program, buffers: [...program.buffers, ...parts.between] }
    const runs = [
      ...parts.host.map((kernel) => this.onHost(compileKernel(kernel), kernel, whole)),
      this.kernel(parts.device, whole),
    ]
    return (arrays) => {
      for (const run of runs) run(arrays)
      arrays.splice(program.buffers.length).forEach((array) => {
        array?.free()
      })
    }
  }

  private onHost(run: CompiledStep, step: Step, program: Program): Run {
    const [inputs, outputs] = [[...new Set(reads(step))], writes(step)]
    return (arrays) => {
      const buffers: TypedArray[] = new Array(program.buffers.length)
      for (const id of inputs) buffers[id] = arrayOf(arrays, id).host()
      for (const id of outputs) {
        const { dtype, shape } = program.buffers[id]
        buffers[id] = allocate(dtype, sizeOf(shape))
      }
      run(buffers)
      for (const id of outputs)
        arrays[id] = DeviceArray.onHost(this.runtime, program.buffers[id].dtype, buffers[id])
    }
  }

  private special(): DeviceTexture {
    this.specials ??= this.runtime.upload(specialNumbers, textureSize(4))
    return this.specials
  }

  /** The kernel of a source, compiled when it first runs. */
  private compiled(
    { source, args, outputs, size }: KernelSource,
    sizeOfArgument: (id: BufferId) => TextureSize,
  ): (textureOf: (id: BufferId) => DeviceTexture) => readonly DeviceTexture[] {
    const sizes = args.map((a) => (a === 'special' ? textureSize(4) : sizeOfArgument(a)))
    let kernel: DeviceKernel | null = null
    return (textureOf) => {
      kernel ??= this.runtime.kernel({ source, inputs: sizes, outputs, size })
      return kernel(args.map((a) => (a === 'special' ? this.special() : textureOf(a))))
    }
  }

  private kernel(step: Kernel, program: Program): Run {
    const own = (id: BufferId) => textureSize(sizeOf(program.buffers[id].shape))
    const store = this.storing(step.outputs, program)
    const { reduction } = step
    const staged = reduction === null ? null : stagedReduction(step, reduction)
    if (reduction === null || staged === null) {
      const values = step.outputs.map((o) => o.value)
      const run = this.compiled(
        reduction === null ? mapSource(step.space, values) : reductionSource(step, reduction),
        own,
      )
      return (arrays) =>
        store(
          arrays,
          run((id) => arrayOf(arrays, id).texture()),
        )
    }
    const partial = reduction.init.map((_, slot) => program.buffers.length + slot)
    const first = this.compiled(staged.parts, own)
    const second = this.compiled(staged.whole(partial), (id) =>
      id >= program.buffers.length ? staged.parts.size : own(id),
    )
    return (arrays) => {
      const parts = first((id) => arrayOf(arrays, id).texture())
      const results = second((id) =>
        id >= program.buffers.length ? parts[id - program.buffers.length] : arrayOf(arrays, id).texture(),
      )
      for (const part of parts) this.runtime.free(part)
      store(arrays, results)
    }
  }

  private storing(
    outputs: Kernel['outputs'],
    program: Program,
  ): (arrays: Arrays, textures: readonly DeviceTexture[]) => void {
    return (arrays, textures) => {
      outputs.forEach(({ buffer }, i) => {
        const { dtype, shape } = program.buffers[buffer]
        arrays[buffer] = DeviceArray.onDevice(this.runtime, dtype, sizeOf(shape), textures[i])
      })
    }
  }

  private contract(step: Contract, program: Program): Run {
    const lengthOf = (id: BufferId) => sizeOf(program.buffers[id].shape)
    const own = (id: BufferId) => textureSize(lengthOf(id))
    const sources = contractSources(step, lengthOf)
    const store = this.storing(step.outputs, program)
    const operands = [step.lhs, step.rhs].map((load, side) => {
      const source = sources.packs[side]
      return { buffer: load.buffer, pack: source === null ? null : this.compiled(source, own) }
    })
    const product = this.compiled(sources.product, (id) => textureSize(sources.elements[leftOperand - id]))
    const first = program.buffers.length
    const finish = this.compiled(sources.outputs(first), (id) => (id >= first ? sources.size : own(id)))
    return (arrays) => {
      const textureOf = (id: BufferId) => arrayOf(arrays, id).texture()
      const packed = operands.map(({ buffer, pack }) =>
        pack === null ? textureOf(buffer) : pack(textureOf)[0],
      )
      const sums = product((id) => packed[leftOperand - id])
      packed.forEach((texture, side) => {
        if (operands[side].pack !== null) this.runtime.free(texture)
      })
      const results = finish((id) => (id >= first ? sums[id - first] : textureOf(id)))
      for (const sum of sums) this.runtime.free(sum)
      store(arrays, results)
    }
  }

  private branch(step: Branch): Run {
    const branches = step.branches.map((b) => this.program(b))
    return (arrays) => {
      const index = arrayOf(arrays, step.index).host()[0]
      const chosen = branches[Math.min(Math.max(index, 0), branches.length - 1)]
      const results = chosen(step.inputs.map((id) => arrayOf(arrays, id)))
      step.outputs.forEach((id, i) => {
        arrays[id] = results[i]
      })
    }
  }

  private whileLoop(step: While): Run {
    const [condition, body] = [this.program(step.condition), this.program(step.body)]
    return (arrays) => {
      const constants = (ids: readonly BufferId[]) => ids.map((id) => arrayOf(arrays, id))
      const initial = constants(step.initial)
      let carried: readonly DeviceArray[] = initial
      for (;;) {
        const [going] = condition([...constants(step.conditionConstants), ...carried])
        const goesOn = going.host()[0] !== 0
        going.free()
        if (!goesOn) break
        const next = body([...constants(step.bodyConstants), ...carried])
        if (carried !== initial) for (const array of carried) array.free()
        carried = next
      }
      const isInitial = carried === initial
      step.carried.forEach((id, i) => {
        arrays[id] = isInitial ? this.copy(carried[i]) : carried[i]
      })
    }
  }

  private loop(step: Loop, program: Program): Run {
    const body = this.program(step.body)
    const first = step.constants.length + step.carried.length
    const sliceLengths = step.body.inputs.slice(first).map((id) => sizeOf(step.body.buffers[id].shape))
    return (arrays) => {
      const constants = step.constants.map((id) => arrayOf(arrays, id))
      const stacked = step.stackedInputs.map((id) => arrayOf(arrays, id))
      const results = step.stackedOutputs.map((id) => {
        const { dtype, shape } = program.buffers[id]
        return allocate(dtype, sizeOf(shape))
      })
      const initial = step.initial.map((id) => arrayOf(arrays, id))
      let carried: readonly DeviceArray[] = initial
      for (let k = 0; k < step.length; k++) {
        const at = step.reverse ? step.length - 1 - k : k
        const slices = stacked.map((array, i) =>
          DeviceArray.onHost(
            this.runtime,
            array.dtype,
            array.host().subarray(at * sliceLengths[i], (at + 1) * sliceLengths[i]),
          ),
        )
        const outs = body([...constants, ...carried, ...slices])
        for (const slice of slices) slice.free()
        if (carried !== initial) for (const array of carried) array.free()
        carried = outs.slice(0, step.carried.length)
        outs.slice(step.carried.length).forEach((array, i) => {
          results[i].set(array.host(), at * array.length)
          array.free()
        })
      }
      const isInitial = carried === initial
      step.carried.forEach((id, i) => {
        arrays[id] = isInitial ? this.copy(carried[i]) : carried[i]
      })
      step.stackedOutputs.forEach((id, i) => {
        arrays[id] = DeviceArray.onHost(this.runtime, program.buffers[id].dtype, results[i])
      })
    }
  }
}
