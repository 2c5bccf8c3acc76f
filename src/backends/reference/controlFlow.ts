import type { TypedArray } from '../../ir/dtype.js'
import type { BufferId } from '../../ir/expr.js'
import type { Branch, Loop, While } from '../../ir/program.js'
import type { CompiledStep } from './loopNest.js'

/** Runs a program on arrays: reads `inputs`, writes `outputs`, which overlap neither them nor each other. */
export type RunSteps = (inputs: readonly TypedArray[], outputs: readonly TypedArray[]) => void

type Buffers = readonly TypedArray[]

const pick = (buffers: Buffers, ids: readonly BufferId[]): readonly TypedArray[] =>
  ids.map((id) => buffers[id])

const copyAll = (from: Buffers, to: Buffers): void => {
  to.forEach((array, i) => {
    array.set(from[i])
  })
}

/** What is carried alternates between the outputs' arrays and `other` ones, and ends in the outputs'. */
export const compileLoop = (
  { length, reverse, constants, initial, stackedInputs, carried, stackedOutputs }: Loop,
  other: Buffers,
  body: RunSteps,
): CompiledStep => {
  const slice = (array: TypedArray, at: number): TypedArray => {
    const size = array.length / length
    return array.subarray(at * size, (at + 1) * size)
  }
  return (buffers) => {
    const fixed = pick(buffers, constants)
    const xs = pick(buffers, stackedInputs)
    const ys = pick(buffers, stackedOutputs)
    const last = pick(buffers, carried)
    let [from, to] = length % 2 === 0 ? [last, other] : [other, last]
    copyAll(pick(buffers, initial), from)
    for (let k = 0; k < length; k++) {
      const at = reverse ? length - 1 - k : k
      body([...fixed, ...from, ...xs.map((x) => slice(x, at))], [...to, ...ys.map((y) => slice(y, at))])
      ;[from, to] = [to, from]
    }
  }
}

export const compileWhile = (
  { conditionConstants, bodyConstants, initial, carried }: While,
  other: Buffers,
  condition: RunSteps,
  body: RunSteps,
): CompiledStep => {
  const goesOn = new Uint8Array(1)
  return (buffers) => {
    const fixedInCondition = pick(buffers, conditionConstants)
    const fixed = pick(buffers, bodyConstants)
    const last = pick(buffers, carried)
    let [from, to] = [last, other]
    copyAll(pick(buffers, initial), from)
    for (;;) {
      condition([...fixedInCondition, ...from], [goesOn])
      if (goesOn[0] === 0) break
      body([...fixed, ...from], to)
      ;[from, to] = [to, from]
    }
    if (from !== last) copyAll(from, last)
  }
}

export const compileBranch =
  ({ index, inputs, outputs }: Branch, branches: readonly RunSteps[]): CompiledStep =>
  (buffers) => {
    const wanted = Math.max(0, Math.min(buffers[index][0], branches.length - 1))
    branches[wanted](pick(buffers, inputs), pick(buffers, outputs))
  }
