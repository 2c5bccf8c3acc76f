import type { TypedArray } from '../../ir/dtype.js'
import type { BufferId } from '../../ir/expr.js'
import type { Branch, Loop, While } from '../../ir/program.js'
import { type Places, type RunOnPlaces, runBranch, runLoop, runWhile } from '../walk/places.js'
import type { CompiledStep } from './loopNest.js'

type Buffers = readonly TypedArray[]

/** The buffers of a program that runs are their own places. */
class ArrayPlaces implements Places<TypedArray> {
  readonly #buffers: Buffers

  constructor(buffers: Buffers) {
    this.#buffers = buffers
  }

  of(id: BufferId): TypedArray {
    return this.#buffers[id]
  }

  slices(id: BufferId, length: number): (at: number) => TypedArray {
    const array = this.#buffers[id]
    const size = array.length / length
    return (at) => array.subarray(at * size, (at + 1) * size)
  }

  copy(from: TypedArray, to: TypedArray): void {
    to.set(from)
  }

  isTrue(place: TypedArray): boolean {
    return place[0] !== 0
  }

  number(id: BufferId): number {
    return this.#buffers[id][0]
  }
}

type Run = RunOnPlaces<TypedArray>

/** `other`: arrays like the carried ones. */
export const compileLoop =
  (step: Loop, other: Buffers, body: Run): CompiledStep =>
  (buffers) =>
    runLoop(step, new ArrayPlaces(buffers), other, body)

export const compileWhile = (step: While, other: Buffers, condition: Run, body: Run): CompiledStep => {
  const goesOn = new Uint8Array(1)
  return (buffers) => runWhile(step, new ArrayPlaces(buffers), other, goesOn, condition, body)
}

export const compileBranch =
  (step: Branch, branches: readonly Run[]): CompiledStep =>
  (buffers) =>
    runBranch(step, new ArrayPlaces(buffers), (at, inputs, outputs) => branches[at](inputs, outputs))
