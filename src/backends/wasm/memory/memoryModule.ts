import { ModuleBuilder } from '../assembler/moduleBuilder.js'
import type { Exports, Imports, WebAssemblyPlatform } from '../webAssembly.js'
import type { Arena } from './arena.js'

/** A module to be written, over the memory of the engine. */
export const moduleOver = (arena: Arena, keepsText = false): ModuleBuilder =>
  new ModuleBuilder({ module: 'engine', name: 'memory', ...arena.limits }, keepsText)

/** The functions of a module that was written over a memory. */
export const functionsOf = (
  platform: WebAssemblyPlatform,
  arena: Arena,
  bytes: Uint8Array,
  imports: Imports = {},
): Exports => {
  const module = new platform.Module(bytes)
  return new platform.Instance(module, { engine: { memory: arena.memory }, ...imports }).exports
}
