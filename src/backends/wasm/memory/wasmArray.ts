import type { Handle } from '../../../graph/backend.js'
import { byteSize, type DType, type TypedArray } from '../../../graph/dtype.js'
import { BackendError } from '../../../graph/errors.js'
import type { Arena, Block } from './arena.js'

type Held = { block: Block | null }

const release = (arena: Arena, held: Held): void => {
  if (held.block !== null) arena.free(held.block)
  held.block = null
}

/** Frees the blocks of arrays that nobody holds any more. */
const collected = new FinalizationRegistry<{ readonly arena: Arena; readonly held: Held }>(
  ({ arena, held }) => release(arena, held),
)

/** An array in the engine's memory. */
export class WasmArray {
  private readonly held: Held

  constructor(
    readonly arena: Arena,
    readonly dtype: DType,
    readonly length: number,
    block: Block,
  ) {
    this.held = { block }
    collected.register(this, { arena, held: this.held }, this.held)
  }

  /** Storage whose elements are not written yet. */
  static blank(arena: Arena, dtype: DType, length: number): WasmArray {
    return new WasmArray(arena, dtype, length, arena.allocate(length * byteSize(dtype)))
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

  /** @throws BackendError after `free` */
  get block(): Block {
    if (this.held.block === null)
      throw new BackendError(
        'wasm: live storage is required, got a handle that was freed. Keep the tensor until its last use.',
      )
    return this.held.block
  }

  /** The elements, where they are; until the memory grows. */
  view(): TypedArray {
    return this.arena.view(this.dtype, this.block.address, this.length)
  }

  /** Hands the block on: this array is freed without it. */
  giveUp(): Block {
    const { block } = this
    this.held.block = null
    collected.unregister(this.held)
    return block
  }

  free(): void {
    collected.unregister(this.held)
    release(this.arena, this.held)
  }
}

/** @throws BackendError for another backend's handle */
export const arrayOf = (handle: Handle): WasmArray => {
  if (handle instanceof WasmArray) return handle
  throw new BackendError(
    "wasm: a handle of this backend is required, got another backend's. Upload the data.",
  )
}
