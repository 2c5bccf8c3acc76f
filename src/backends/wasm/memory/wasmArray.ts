import type { Handle } from '../../../ir/backend.js'
import { byteSize, type DType, shortName, type TypedArray } from '../../../ir/dtype.js'
import { BackendError } from '../../../ir/errors.js'
import type { Resident } from '../../residence/residents.js'
import type { Arena, Block } from './arena.js'

/** Where the elements are: in a block of the engine's memory, in host memory, or nowhere any more. */
class Storage implements Resident {
  pins = 0
  lastUse = 0
  handle: WeakRef<object> | null = null
  spilled: TypedArray | null = null
  readonly bytes: number

  constructor(
    readonly arena: Arena,
    readonly dtype: DType,
    readonly length: number,
    public block: Block | null,
  ) {
    this.bytes = block?.size ?? 0
  }

  get name(): string {
    return `${shortName(this.dtype)}[${this.length}]`
  }

  free(): void {
    if (this.block !== null) this.arena.free(this.block)
    this.block = null
  }

  spill(): boolean {
    try {
      this.spilled = this.view()?.slice() ?? null
    } catch (error) {
      // no memory of the host's either
      if (error instanceof RangeError) return false
      throw error
    }
    return true
  }

  view(): TypedArray | null {
    return this.block === null ? null : this.arena.view(this.dtype, this.block.address, this.length)
  }
}

const allocate = (arena: Arena, dtype: DType, length: number): Block => {
  const bytes = length * byteSize(dtype)
  arena.residents.makeRoom(bytes)
  return arena.allocate(bytes)
}

/** An array in the engine's memory. */
export class WasmArray {
  readonly #storage: Storage

  constructor(
    readonly arena: Arena,
    readonly dtype: DType,
    readonly length: number,
    block: Block,
  ) {
    this.#storage = new Storage(arena, dtype, length, block)
    arena.residents.add(this, this.#storage)
  }

  /** Storage whose elements are not written yet. */
  static blank(arena: Arena, dtype: DType, length: number): WasmArray {
    return new WasmArray(arena, dtype, length, allocate(arena, dtype, length))
  }

  static copyOf(arena: Arena, dtype: DType, data: TypedArray): WasmArray {
    const made = WasmArray.blank(arena, dtype, data.length)
    made.view().set(data)
    return made
  }

  static filled(arena: Arena, dtype: DType, length: number, value: number): WasmArray {
    const made = WasmArray.blank(arena, dtype, length)
    if (!(made.block.isNew && Object.is(value, 0))) made.view().fill(value)
    return made
  }

  /** Its place in the engine's memory, to which it comes back if it was not there. @throws BackendError after `free` */
  get block(): Block {
    const { arena, dtype, length } = this
    const storage = this.#storage
    if (storage.block !== null) return storage.block
    const { spilled } = storage
    if (spilled === null)
      throw new BackendError(
        'wasm: live storage is required, got a handle that was freed. Keep the tensor until its last use.',
      )
    const block = allocate(arena, dtype, length)
    storage.block = block
    storage.spilled = null
    storage.view()?.set(spilled)
    arena.residents.takeBack(this, storage)
    return block
  }

  /** Keeps it in the engine's memory, at one address, until `unpin`. @throws BackendError after `free` */
  pin(): Block {
    const { block } = this
    this.arena.residents.pin(this.#storage)
    return block
  }

  unpin(): void {
    this.arena.residents.unpin(this.#storage)
  }

  /** The elements, where they are; until the memory grows. */
  view(): TypedArray {
    const { address } = this.block
    return this.arena.view(this.dtype, address, this.length)
  }

  /** The elements, in an array that is not the engine's. */
  read(): TypedArray {
    // slices, unlike views, are of memory that is not shared
    return (this.#storage.spilled ?? this.view()).slice()
  }

  /** Hands the block on: this array is freed without it. */
  giveUp(): Block {
    const { block } = this
    this.arena.residents.remove(this.#storage)
    this.#storage.block = null
    return block
  }

  free(): void {
    this.arena.residents.remove(this.#storage)
    this.#storage.free()
    this.#storage.spilled = null
  }
}

/** @throws BackendError for another backend's handle */
export const arrayOf = (handle: Handle): WasmArray => {
  if (handle instanceof WasmArray) return handle
  throw new BackendError(
    "wasm: a handle of this backend is required, got another backend's. Upload the data.",
  )
}
