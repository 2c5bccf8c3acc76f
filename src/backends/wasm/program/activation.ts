import { sizeOf } from '../../../ir/aval.js'
import type { TypedArray } from '../../../ir/dtype.js'
import type { BufferId } from '../../../ir/expr.js'
import type { BufferSpec } from '../../../ir/program.js'
import type { Arena } from '../memory/arena.js'

/** A program's block while it runs, at whose start is the table of its buffers' addresses. */
export class Activation {
  readonly #specs: readonly BufferSpec[]

  constructor(
    readonly arena: Arena,
    readonly base: number,
    specs: readonly BufferSpec[],
  ) {
    this.#specs = specs
  }

  addressOf(id: BufferId): number {
    return this.arena.asWords()[(this.base >>> 2) + id]
  }

  setAddress(id: BufferId, address: number): void {
    this.arena.asWords()[(this.base >>> 2) + id] = address
  }

  /** The elements of a buffer, where they are; until the memory grows. */
  view(id: BufferId): TypedArray {
    const { dtype, shape } = this.#specs[id]
    return this.arena.view(dtype, this.addressOf(id), sizeOf(shape))
  }
}
