import fc, { type GeneratorValue } from 'fast-check'
import type { Shape } from '../../../src/ir/aval.js'
import type { DType, TypedArray } from '../../../src/ir/dtype.js'
import { allocate, storedValue } from '../../../src/ir/dtype.js'
import type { BufferId } from '../../../src/ir/expr.js'
import type { BufferSpec, Program, Step } from '../../../src/ir/program.js'

/** A source of random choices, as fast-check hands it to a property. */
export type Draw = GeneratorValue

export const int = (g: Draw, min: number, max: number): number => g(fc.integer, { min, max })

export const chance = (g: Draw, percent: number): boolean => int(g, 1, 100) <= percent

export const oneOf = <T>(g: Draw, choices: readonly T[]): T => choices[int(g, 0, choices.length - 1)]

/** Small axes, sometimes empty ones. */
export const shape = (g: Draw, maxRank: number, maxExtent = 5): Shape =>
  Array.from({ length: int(g, 0, maxRank) }, () => (chance(g, 4) ? 0 : int(g, 1, maxExtent)))

/** `size` small numbers: sums and products of them are exact in every dtype. A seed stands for them all. */
export const elements = (g: Draw, dtype: DType, size: number): TypedArray => {
  const data = allocate(dtype, size)
  let state = int(g, 1, 0x7fffffff)
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    data[i] = storedValue(
      dtype,
      dtype === 'bool' ? state >>> 31 : dtype === 'uint32' ? state >>> 28 : (state >>> 28) - 8,
    )
  }
  return data
}

/** A program with inputs for it. */
export type Case = { readonly program: Program; readonly inputs: readonly TypedArray[] }

/** A program under construction. */
export class ProgramDraft {
  readonly buffers: BufferSpec[] = []
  private readonly ids: BufferId[] = []
  private readonly data: TypedArray[] = []

  buffer(shape: Shape, dtype: DType): BufferId {
    this.buffers.push({ shape, dtype })
    return this.buffers.length - 1
  }

  input(shape: Shape, dtype: DType, data: TypedArray): BufferId {
    const id = this.buffer(shape, dtype)
    this.ids.push(id)
    this.data.push(data)
    return id
  }

  finish(steps: readonly Step[], outputs: readonly BufferId[]): Case {
    return { program: { buffers: this.buffers, inputs: this.ids, steps, outputs }, inputs: this.data }
  }
}
