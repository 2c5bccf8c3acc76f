import { sizeOf } from '../../../ir/aval.js'
import type { Executable, Handle } from '../../../ir/backend.js'
import { shortName } from '../../../ir/dtype.js'
import { internal } from '../../../ir/errors.js'
import { bytesOf } from '../../../ir/memory.js'
import type { BufferSpec, Program } from '../../../ir/program.js'
import type { Block } from '../memory/arena.js'
import { blockSize } from '../memory/freeBlocks.js'
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

  /** For each output, the given input whose storage it takes over, if there is one; that input is then given no longer. */
  const takenFrom = (given: Set<number>): readonly (number | undefined)[] =>
    reusable.map((candidates) => candidates.find((input) => given.delete(input)))

  const run = (handles: readonly Handle[], donated: readonly boolean[]): readonly Handle[] => {
    if (handles.length !== specs.length)
      throw internal(`wasm: ${specs.length} inputs are required, got ${handles.length}.`)
    const inputs = handles.map((h, i) => inputArray(h, specs[i]))
    const last = new Map(inputs.map((a, i) => [a, i]))
    const again = new Set(inputs.filter((a, i) => last.get(a) !== i))
    const given = new Set(inputs.flatMap((a, i) => (donated[i] && !again.has(a) ? [i] : [])))
    // programs know addresses, and callbacks run others meanwhile
    const pinned: WasmArray[] = []
    const addressOf = (array: WasmArray): number => {
      const { address } = array.pin()
      pinned.push(array)
      return address
    }
    let block: Block | null = null
    try {
      const from = inputs.map(addressOf)
      block = arena.allocate(compiled.bytes)
      const to: number[] = []
      const sources = takenFrom(given)
      const outputs = program.outputs.map((id, i) => {
        const { dtype, shape } = program.buffers[id]
        const over = sources[i]
        const array =
          over === undefined
            ? WasmArray.blank(arena, dtype, sizeOf(shape))
            : new WasmArray(arena, dtype, sizeOf(shape), inputs[over].giveUp())
        to.push(addressOf(array))
        return array
      })
      compiled.prepare(block.address)
      compiled.run(block.address, from, to)
      for (const i of given) inputs[i].free()
      return outputs
    } finally {
      if (block !== null) arena.free(block)
      for (const array of pinned) array.unpin()
    }
  }
  const peakBytes = (donated: readonly boolean[]): number => {
    const sources = takenFrom(new Set(donated.flatMap((d, i) => (d ? [i] : []))))
    const made = program.outputs.filter((_, i) => sources[i] === undefined)
    return [...program.inputs, ...made].reduce(
      (sum, id) => sum + blockSize(bytesOf(program.buffers[id])),
      blockSize(compiled.bytes),
    )
  }
  return { run, peakBytes, placements: compiled.placements }
}
