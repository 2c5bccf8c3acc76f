/** The part of the platform's WebAssembly that the engine uses; the compiler's libraries declare it for browsers only. */
export interface Memory {
  readonly buffer: ArrayBuffer
  /** Adds pages of 64 KB; gives the number before. @throws RangeError where there are none */
  grow(pages: number): number
}

type CompiledModule = { readonly __brand: 'WebAssembly.Module' }

export type Imports = Readonly<
  Record<string, Readonly<Record<string, Memory | ((...args: number[]) => number)>>>
>

export type Exports = Readonly<Record<string, (...args: number[]) => number | undefined>>

export interface WebAssemblyPlatform {
  readonly Memory: new (limits: {
    readonly initial: number
    readonly maximum: number
    readonly shared?: boolean
  }) => Memory
  readonly Module: new (bytes: Uint8Array) => CompiledModule
  readonly Instance: new (module: CompiledModule, imports: Imports) => { readonly exports: Exports }
  validate(bytes: Uint8Array): boolean
}

/** The platform's own; `undefined` where there is none. */
export const webAssembly = (globalThis as typeof globalThis & { readonly WebAssembly?: WebAssemblyPlatform })
  .WebAssembly
