import type { BufferId } from '../../../ir/expr.js'
import { bytesOf } from '../../../ir/memory.js'
import type { Branch, Loop, Program, While } from '../../../ir/program.js'
import type { Activation } from './activation.js'
import type { CompiledProgram } from './compiledProgram.js'

/** Runs a step of a program; `scratch` are addresses of what it needs beside its buffers. */
export type RunStep = (at: Activation, scratch: readonly number[]) => void

const addresses = (at: Activation, ids: readonly BufferId[]): readonly number[] =>
  ids.map((id) => at.addressOf(id))

/** Copies arrays to other places. */
const copyAll = (
  at: Activation,
  from: readonly number[],
  to: readonly number[],
  bytes: readonly number[],
): void => {
  const all = at.arena.view('bool', 0, at.arena.memory.buffer.byteLength)
  from.forEach((address, i) => {
    if (address !== to[i]) all.copyWithin(to[i], address, address + bytes[i])
  })
}

const sizes = (program: Program, ids: readonly BufferId[]): readonly number[] =>
  ids.map((id) => bytesOf(program.buffers[id]))

/** What is carried alternates between the outputs' places and others, and ends in the outputs'. Scratch: the body's block, then those. */
export const loopStep = (step: Loop, program: Program, body: CompiledProgram): RunStep => {
  const { length, reverse, constants, initial, stackedInputs, carried, stackedOutputs } = step
  const carriedBytes = sizes(program, carried)
  const sliceOf = (ids: readonly BufferId[]): readonly number[] =>
    sizes(program, ids).map((bytes) => (length === 0 ? 0 : bytes / length))
  const [inputSlices, outputSlices] = [sliceOf(stackedInputs), sliceOf(stackedOutputs)]
  return (at, [block, ...other]) => {
    body.prepare(block)
    const fixed = addresses(at, constants)
    const xs = addresses(at, stackedInputs)
    const ys = addresses(at, stackedOutputs)
    const last = addresses(at, carried)
    let [from, to] = length % 2 === 0 ? [last, other] : [other, last]
    copyAll(at, addresses(at, initial), from, carriedBytes)
    for (let k = 0; k < length; k++) {
      const slice = reverse ? length - 1 - k : k
      body.run(
        block,
        [...fixed, ...from, ...xs.map((x, i) => x + slice * inputSlices[i])],
        [...to, ...ys.map((y, i) => y + slice * outputSlices[i])],
      )
      ;[from, to] = [to, from]
    }
  }
}

/** Scratch: the condition's block, the body's, the condition's result, and the other places of what is carried. */
export const whileStep = (
  step: While,
  program: Program,
  condition: CompiledProgram,
  body: CompiledProgram,
): RunStep => {
  const carriedBytes = sizes(program, step.carried)
  return (at, [conditionBlock, bodyBlock, goesOn, ...other]) => {
    condition.prepare(conditionBlock)
    body.prepare(bodyBlock)
    const fixedInCondition = addresses(at, step.conditionConstants)
    const fixed = addresses(at, step.bodyConstants)
    const last = addresses(at, step.carried)
    let [from, to] = [last, other as readonly number[]]
    copyAll(at, addresses(at, step.initial), from, carriedBytes)
    for (;;) {
      condition.run(conditionBlock, [...fixedInCondition, ...from], [goesOn])
      if (at.arena.view('bool', goesOn, 1)[0] === 0) break
      body.run(bodyBlock, [...fixed, ...from], to)
      ;[from, to] = [to, from]
    }
    if (from !== last) copyAll(at, from, last, carriedBytes)
  }
}

/** Scratch: the branches' blocks. */
export const branchStep =
  ({ index, inputs, outputs }: Branch, branches: readonly CompiledProgram[]): RunStep =>
  (at, blocks) => {
    const wanted = Math.max(0, Math.min(at.view(index)[0], branches.length - 1))
    branches[wanted].prepare(blocks[wanted])
    branches[wanted].run(blocks[wanted], addresses(at, inputs), addresses(at, outputs))
  }
