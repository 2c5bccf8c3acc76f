import type { Backend } from '../../graph/backend.js'
import { type DType, dtypes, type TypedArray } from '../../graph/dtype.js'
import { cpuCosts } from '../../graph/kernel/costs.js'
import { ModuleBuilder } from './assembler/moduleBuilder.js'
import { i32x4, v128 } from './assembler/vectors.js'
import { Multiplication } from './contract/multiplication.js'
import { Arena } from './memory/arena.js'
import { arrayOf, WasmArray } from './memory/wasmArray.js'
import { compileProgram } from './program/executable.js'
import type { WebAssemblyPlatform } from './webAssembly.js'

const dtypeOf = (data: TypedArray): DType => {
  if (data instanceof Float32Array) return 'float32'
  if (data instanceof Float64Array) return 'float64'
  if (data instanceof Int32Array) return 'int32'
  if (data instanceof Uint32Array) return 'uint32'
  return 'bool'
}

/** A module with one vector instruction. */
const probe = (): Uint8Array => {
  const module = new ModuleBuilder({
    module: 'engine',
    name: 'memory',
    shared: false,
    initial: 1,
    maximum: 1,
  })
  module.function('probe', [], 'i32', () => v128.anyTrue(i32x4.const(0, 0, 0, 0)))
  return module.toBytes()
}

/** Whether the platform has WebAssembly with vectors. */
export const hasVectors = (platform: WebAssemblyPlatform | undefined): platform is WebAssemblyPlatform =>
  platform?.validate(probe()) === true

/** Kernels compiled to WebAssembly with vectors, over one memory. */
export const wasmBackend = (platform: WebAssemblyPlatform): Backend => {
  let started: Arena | null = null
  const arena = (): Arena => {
    started ??= new Arena(platform, false)
    return started
  }
  let multiplication: Multiplication | null = null
  const multiply: Multiplication['multiply'] = (...operands) => {
    multiplication ??= new Multiplication(platform, arena())
    multiplication.multiply(...operands)
  }
  return {
    name: 'wasm',
    device: { description: 'WebAssembly with SIMD, one thread', isHardware: false },
    capabilities: { dtypes, syncRead: true, costs: cpuCosts },
    compile: (program) => compileProgram(platform, arena(), multiply, program),
    upload: (data) => WasmArray.copyOf(arena(), dtypeOf(data), data),
    download: async (handle) => arrayOf(handle).view().slice(),
    downloadSync: (handle) => arrayOf(handle).view().slice(),
    free: (handle) => arrayOf(handle).free(),
  }
}
