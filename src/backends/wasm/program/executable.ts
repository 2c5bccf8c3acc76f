import { sizeOf } from '../../../graph/aval.js'
import type { Executable, Handle } from '../../../graph/backend.js'
import { shortName } from '../../../graph/dtype.js'
import { internal } from '../../../graph/errors.js'
import type { BufferSpec, Program } from '../../../graph/kernel/program.js'
import { arrayOf, WasmArray } from '../memory/wasmArray.js'
import type { WebAssemblyPlatform } from '../webAssembly.js'
import { CompiledProgram } from './compiledProgram.js'
import { KernelModule, type LinkedModule } from './kernelModule.js'
import type { Shared } from './linking.js'
import { reusableInputs } from './reuse.js'

/** The array of an input. @throws GradError unless its elements are as many, and of the type, that the program says */
const inputArray = (handle: Handle, { dtype, shape }: BufferSpec): WasmArray => {
  const array = arrayOf(handle)
  if (array.dtype !== dtype || array.length !== sizeOf(shape)) {
    const required = `${shortName(dtype)}[${shape.join(',')}]`
    throw internal(
      `wasm: an input ${required} is required, got ${array.length} elements of ${shortName(array.dtype)}.`,
    )
  }
  return array
}

/** A program as a module of its kernels, driven from here; the module is made when it first runs. */
export const compileProgram = (
  platform: WebAssemblyPlatform,
  shared: Shared,
  program: Program,
): Executable => {
  const { arena } = shared
  const module = new KernelModule(platform, arena)
  let made: LinkedModule | null = null
  const linked = (): LinkedModule => {
    made ??= module.link()
    return made
  }
  const compiled = new CompiledProgram(program, { ...shared, module, linked })
  const reusable = reusableInputs(program, compiled.groups, compiled.inOutputs)
  const specs = program.inputs.map((id) => program.buffers[id])

  const run = (handles: readonly Handle[], donated: readonly boolean[]): readonly Handle[] => {
    if (handles.length !== specs.length)
      throw internal(`wasm: ${specs.length} inputs are required, got ${handles.length}.`)
    const inputs = handles.map((h, i) => inputArray(h, specs[i]))
    const given = new Set(
      inputs.flatMap((a, i) =>
        donated[i] && inputs.indexOf(a) === i && inputs.lastIndexOf(a) === i ? [i] : [],
      ),
    )
    const block = arena.allocate(compiled.bytes)
    const taken: WasmArray[] = []
    const outputs = program.outputs.map((id, i) => {
      const { dtype, shape } = program.buffers[id]
      const from = reusable[i].find((input) => given.has(input))
      if (from === undefined) return WasmArray.blank(arena, dtype, sizeOf(shape))
      given.delete(from)
      taken.push(inputs[from])
      return new WasmArray(arena, dtype, sizeOf(shape), inputs[from].block)
    })
    try {
      compiled.prepare(block.address)
      compiled.run(
        block.address,
        inputs.map((a) => a.block.address),
        outputs.map((a) => a.block.address),
      )
    } finally {
      arena.free(block)
      for (const array of taken) array.giveUp()
    }
    for (const i of given) inputs[i].free()
    return outputs
  }
  return { run, placements: compiled.placements }
}
