import { sizeOf } from '../../ir/aval.js'
import type { Executable, Handle } from '../../ir/backend.js'
import type { DType, TypedArray } from '../../ir/dtype.js'
import { internal } from '../../ir/errors.js'
import type { BufferId } from '../../ir/expr.js'
import type { BufferSpec, Contract, Kernel, Loop, Program } from '../../ir/program.js'
import { type Arrays, arrayOf, type RunProgram } from '../walk/arrays.js'
import { arrived, doNow, type Work } from '../walk/waiting.js'
import { contractSources } from './contractSource.js'
import { DeviceArray } from './deviceArray.js'
import { specialNumbers } from './expressionSource.js'
import { type KernelSource, mapSource, reductionSource, stagedReduction } from './kernelSource.js'
import { type TextureSize, textureSize } from './layout.js'
import { whyOnHost } from './placement.js'
import { leftOperand } from './product.js'
import type { DeviceKernel, DeviceTexture, Runtime } from './runtime.js'
import { readingStacks, stacking } from './slices.js'
import { slicingByNumber } from './slicing.js'
import { type Compiled, StepCompiler, type StepDevice } from './steps.js'

const onDevice = (
  sources: readonly KernelSource[],
  run: (arrays: Arrays<DeviceArray>) => void,
): Compiled<DeviceArray> => ({
  run: (arrays) => {
    run(arrays)
    return null
  },
  placement: { where: 'on the device', sources: sources.map((s) => s.source), within: [] },
})

/** Kernels that put slices together, of different lengths, that are kept. */
const mostStacks = 256

/** Compiles programs for one runtime. */
export class Compiler implements StepDevice<DeviceArray> {
  readonly #steps = new StepCompiler<DeviceArray>(this)
  #specials: DeviceTexture | null = null
  readonly #stacks = new Map<string, RunProgram<DeviceArray>>()

  readonly #runtime: Runtime

  constructor(runtime: Runtime) {
    this.#runtime = runtime
  }

  executable(program: Program): Executable {
    const { run, placements } = this.#steps.program(program)
    return {
      placements,
      run: (handles, donated) => {
        const inputs = handles.map((h) => {
          if (h instanceof DeviceArray) return h
          throw internal('gpujs: an array of this backend is required as input')
        })
        const outputs = this.#runtime.during(() => doNow(run(inputs)))
        inputs.forEach((array, i) => {
          if (donated[i] && !outputs.includes(array)) array.free()
        })
        return outputs satisfies readonly Handle[]
      },
    }
  }

  whyOnHost(step: Kernel | Contract): string | null {
    return step.kind === 'contract' && sizeOf(step.k) === 0 ? 'nothing to compute' : whyOnHost(step)
  }

  onHost(dtype: DType, data: TypedArray): DeviceArray {
    return DeviceArray.onHost(this.#runtime, dtype, data)
  }

  read(array: DeviceArray): Work<TypedArray> {
    return arrived(array.host())
  }

  loop(step: Loop) {
    return {
      body: readingStacks(step),
      where: 'a loop of the host; what is carried, and slices, stay on the device',
      slicing: slicingByNumber(this.#runtime, (lengths, dtype) => this.#stack(lengths, dtype)),
    }
  }

  #stack(lengths: readonly number[], dtype: DType): RunProgram<DeviceArray> {
    const key = `${dtype} ${lengths.join()}`
    const run = this.#stacks.get(key) ?? this.#steps.program(stacking(lengths, dtype)).run
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

  kernel(step: Kernel, specs: readonly BufferSpec[]): Compiled<DeviceArray> {
    const own = (id: BufferId) => textureSize(sizeOf(specs[id].shape))
    const store = this.#storing(step.outputs, specs)
    const { reduction } = step
    const slots = reduction?.init.length ?? 0
    const staged =
      reduction === null
        ? null
        : stagedReduction(step, reduction, (stage, slot) => specs.length + stage * slots + slot)
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
    const isOwn = (id: BufferId) => id < specs.length
    const sizes = (id: BufferId) =>
      isOwn(id) ? own(id) : staged[Math.floor((id - specs.length) / slots)].size
    const runs = staged.map((source) => this.#compiled(source, sizes))
    return onDevice(staged, (arrays) => {
      let results: readonly DeviceTexture[] = []
      for (const run of runs) {
        const parts = results
        results = run((id) =>
          isOwn(id) ? arrayOf(arrays, id).texture() : parts[(id - specs.length) % slots],
        )
        for (const part of parts) this.#runtime.free(part)
      }
      store(arrays, results)
    })
  }

  #storing(
    outputs: Kernel['outputs'],
    specs: readonly BufferSpec[],
  ): (arrays: Arrays<DeviceArray>, textures: readonly DeviceTexture[]) => void {
    return (arrays, textures) => {
      outputs.forEach(({ buffer }, i) => {
        const { dtype, shape } = specs[buffer]
        arrays[buffer] = DeviceArray.onDevice(this.#runtime, dtype, sizeOf(shape), textures[i])
      })
    }
  }

  contract(step: Contract, specs: readonly BufferSpec[]): Compiled<DeviceArray> {
    const lengthOf = (id: BufferId) => sizeOf(specs[id].shape)
    const own = (id: BufferId) => textureSize(lengthOf(id))
    const sources = contractSources(step, lengthOf)
    const store = this.#storing(step.outputs, specs)
    const operands = [step.lhs, step.rhs].map((load, side) => {
      const source = sources.packs[side]
      return { buffer: load.buffer, pack: source === null ? null : this.#compiled(source, own) }
    })
    const product = this.#compiled(sources.product, (id) => textureSize(sources.elements[leftOperand - id]))
    const first = specs.length
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
