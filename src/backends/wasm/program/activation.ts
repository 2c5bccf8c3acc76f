import { sizeOf } from '../../../ir/aval.js'
import type { TypedArray } from '../../../ir/dtype.js'
import type { BufferId } from '../../../ir/expr.js'
import { bytesOf } from '../../../ir/memory.js'
import type { BufferSpec } from '../../../ir/program.js'
import type { Places } from '../../walk/places.js'
import type { Arena } from '../memory/arena.js'

/** A program's block while it runs, at whose start is the table of its buffers' addresses. */
export class Activation implements Places<number> {
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

  of(id: BufferId): number {
    return this.addressOf(id)
  }

  slices(id: BufferId, length: number): (at: number) => number {
    const address = this.addressOf(id)
    const bytes = length === 0 ? 0 : bytesOf(this.#specs[id]) / length
    return (at) => address + at * bytes
  }

  copy(from: number, to: number, id: BufferId): void {
    const bytes = bytesOf(this.#specs[id])
    this.arena.view('bool', to, bytes).set(this.arena.view('bool', from, bytes))
  }

  isTrue(place: number): boolean {
    return this.arena.view('bool', place, 1)[0] !== 0
  }

  number(id: BufferId): number {
    return this.view(id)[0]
  }

  /** The elements of a buffer, where they are; until the memory grows. */
  view(id: BufferId): TypedArray {
    const { dtype, shape } = this.#specs[id]
    return this.arena.view(dtype, this.addressOf(id), sizeOf(shape))
  }
}
