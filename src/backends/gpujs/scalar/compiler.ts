import { sizeOf } from '../../../ir/aval.js'
import type { DType, TypedArray } from '../../../ir/dtype.js'
import { reads } from '../../../ir/memory.js'
import type { BufferSpec, Contract, Kernel, Loop, Program } from '../../../ir/program.js'
import { sumOfProducts } from '../../../ir/sumOfProducts.js'
import { type Arrays, arrayOf, type Slicing } from '../../walk/arrays.js'
import { arrived, type Work } from '../../walk/waiting.js'
import { whyInexact } from '../placement.js'
import { type Compiled, type CompiledProgram, StepCompiler, type StepDevice } from '../steps.js'
import type { ScalarDevice } from './device.js'
import { singleKernels } from './kernels.js'
import { joined, ScalarArray } from './scalarArray.js'
import { scalarSource } from './source.js'

/** Arrays that a kernel reads at most: devices of WebGPU need only take eight, and one is the result. */
export const mostArrays = 7

/** Compiles programs for one device: a kernel for each result; the host does the work that the device cannot do. */
export class ScalarCompiler implements StepDevice<ScalarArray> {
  readonly #steps = new StepCompiler<ScalarArray>(this)
  readonly #device: ScalarDevice

  constructor(device: ScalarDevice) {
    this.#device = device
  }

  program(program: Program): CompiledProgram<ScalarArray> {
    return this.#steps.program(program)
  }

  whyOnHost(step: Kernel | Contract): string | null {
    const arrays = reads(step).length
    return arrays > mostArrays ? `${arrays} arrays at once` : whyInexact(step)
  }

  onHost(dtype: DType, data: TypedArray): ScalarArray {
    return ScalarArray.onHost(this.#device, dtype, data)
  }

  read(array: ScalarArray): Work<TypedArray> {
    return array.host()
  }

  loop(step: Loop) {
    return {
      body: step.body,
      where: 'a loop of the host; what is carried and stacked stays on the device',
      slicing: this.#slicing(step),
    }
  }

  /** Slices of stacked arrays are taken, and put together, where these are. */
  #slicing({ body, stackedInputs }: Loop): Slicing<ScalarArray> {
    const device = this.#device
    const lengths = body.inputs
      .slice(body.inputs.length - stackedInputs.length)
      .map((id) => sizeOf(body.buffers[id].shape))
    return {
      slices: (stacks, at) => {
        const inputs = stacks.map((array, i) => array.slice(at * lengths[i], lengths[i]))
        return { inputs, own: inputs }
      },
      stacked: function* (slices, { dtype, shape }) {
        const whole = yield* joined(device, dtype, slices, sizeOf(shape))
        for (const slice of slices) slice.free()
        return whole
      },
    }
  }

  contract(step: Contract, specs: readonly BufferSpec[]): Compiled<ScalarArray> {
    return this.kernel(sumOfProducts(step), specs)
  }

  kernel(step: Kernel, specs: readonly BufferSpec[]): Compiled<ScalarArray> {
    const device = this.#device
    const { kernels, between } = singleKernels(step, specs.length, mostArrays)
    const all = [...specs, ...between]
    const compiled = kernels.map((k) => ({
      buffer: k.output.buffer,
      dtype: all[k.output.buffer].dtype,
      source: scalarSource(k, device.isDouble),
    }))
    function* run(arrays: Arrays<ScalarArray>): Work<void> {
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
