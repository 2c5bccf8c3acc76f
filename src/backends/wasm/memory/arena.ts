import type { DType, TypedArray } from '../../../ir/dtype.js'
import { BackendError } from '../../../ir/errors.js'
import { Residents } from '../../residence/residents.js'
import type { Memory, WebAssemblyPlatform } from '../webAssembly.js'
import { blockSize, FreeBlocks } from './freeBlocks.js'

const page = 65536

/** 4 GiB, all that 32 bits address. */
const mostPages = 65536

/** Vectors are read whole, beyond the last element of an array too. */
const slack = 64

/** Bytes that are added at least when the memory grows. */
const growth = 1 << 24

/** Bytes that blocks in use may become more by before the collector is told. */
const quiet = 1 << 26

/**
 * Tells JavaScript's collector that memory is wanted: it does not know the blocks that its small objects hold, and would let
 * them lie. A buffer that is dropped at once, whose pages are never touched, counts as memory of its own.
 */
const announce = (): void => {
  new ArrayBuffer(quiet)
}

/** Where an array is, in bytes. `isNew`: nobody had this memory before, all of it is zero. */
export type Block = { readonly address: number; readonly size: number; readonly isNew: boolean }

/** The memory of the engine: one that grows, in which arrays have their blocks. */
export class Arena {
  readonly memory: Memory
  #pages = 16
  #used = 0
  /** Bytes in use when the collector was last told, or fewer. */
  #announced = 0
  readonly #blocks: FreeBlocks
  #buffer: ArrayBuffer
  #words: Uint32Array

  readonly #budget

  constructor(
    platform: WebAssemblyPlatform,
    readonly isShared: boolean,
    budget = mostPages * page,
    /** Arrays that have blocks. */
    readonly residents = new Residents(),
  ) {
    this.#budget = budget

    this.memory = new platform.Memory({
      initial: this.#pages,
      maximum: mostPages,
      ...(isShared ? { shared: true } : {}),
    })
    this.#buffer = this.memory.buffer
    this.#words = new Uint32Array(this.#buffer)
    // nothing is at the first addresses, so that a wrong 0 harms nothing
    this.#blocks = new FreeBlocks(1024, (end) => this.#reach(end))
  }

  /** How the memory is imported by modules. */
  get limits(): { readonly initial: number; readonly maximum: number; readonly shared: boolean } {
    return { initial: 1, maximum: mostPages, shared: this.isShared }
  }

  /** Bytes of the blocks that are in use. */
  get usedBytes(): number {
    return this.#used
  }

  /** Grows so that addresses up to an end are usable, if that can be; gives how far they are. */
  #reach(end: number): number {
    const needed = end + slack
    if (needed > this.#pages * page && needed <= this.#budget) {
      const wanted = Math.min(Math.max(needed, this.#pages * page + growth), this.#budget)
      const more = Math.ceil(wanted / page) - this.#pages
      try {
        this.memory.grow(more)
        this.#pages += more
      } catch {
        // the system has no more
      }
    }
    return Math.min(this.#pages * page, this.#budget) - slack
  }

  #refuse(bytes: number): never {
    throw new BackendError(
      `wasm: all arrays within ${this.#budget} bytes are required (this engine addresses 4 GiB), got ${bytes} bytes more beside ${this.residents.description}. Hold fewer or smaller ones: donate arguments (jit's donate), or compute in parts.`,
    )
  }

  /** @throws BackendError where there is no room, even without the arrays that can go */
  allocate(bytes: number): Block {
    const size = blockSize(bytes)
    let taken = this.#blocks.take(size)
    while (taken === null) {
      if (!this.residents.relieve()) this.#refuse(bytes)
      taken = this.#blocks.take(size)
    }
    const { address, isNew } = taken
    this.#used += size
    if (this.#used > this.#announced + quiet) {
      if (this.residents.needsTurns) announce()
      this.#announced = this.#used
    }
    return { address, size, isNew }
  }

  free({ address, size }: Block): void {
    this.#used -= size
    this.#announced = Math.min(this.#announced, this.#used)
    this.#blocks.give(address, size)
  }

  #current(): ArrayBuffer {
    const { buffer } = this.memory
    if (buffer !== this.#buffer) {
      this.#buffer = buffer
      this.#words = new Uint32Array(buffer)
    }
    return buffer
  }

  /** All of the memory as words; until it grows. */
  asWords(): Uint32Array {
    this.#current()
    return this.#words
  }

  /** The elements at an address; until the memory grows. */
  view(dtype: DType, address: number, length: number): TypedArray {
    const buffer = this.#current()
    switch (dtype) {
      case 'float32':
        return new Float32Array(buffer, address, length)
      case 'float64':
        return new Float64Array(buffer, address, length)
      case 'int32':
        return new Int32Array(buffer, address, length)
      case 'uint32':
        return new Uint32Array(buffer, address, length)
      case 'bool':
        return new Uint8Array(buffer, address, length)
    }
  }
}
