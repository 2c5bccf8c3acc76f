import type { Branch, Loop, While } from '../../../ir/program.js'
import { type RunOnPlaces, runBranch, runLoop, runWhile } from '../../walk/places.js'
import type { Activation } from './activation.js'
import type { CompiledProgram } from './compiledProgram.js'

/** Runs a step of a program; `scratch` are addresses of memory that it needs beside its buffers. */
export type RunStep = (at: Activation, scratch: readonly number[]) => void

/** A program on a block of its own. */
const onBlock = (program: CompiledProgram, block: number): RunOnPlaces<number> => {
  program.prepare(block)
  return (inputs, outputs) => program.run(block, inputs, outputs)
}

/** Scratch: the body's block, and other places for carried values. */
export const loopStep =
  (step: Loop, body: CompiledProgram): RunStep =>
  (at, [block, ...other]) =>
    runLoop(step, at, other, onBlock(body, block))

/** Scratch: the condition's block, the body's, the condition's result, and other places for carried values. */
export const whileStep =
  (step: While, condition: CompiledProgram, body: CompiledProgram): RunStep =>
  (at, [conditionBlock, bodyBlock, goesOn, ...other]) =>
    runWhile(step, at, other, goesOn, onBlock(condition, conditionBlock), onBlock(body, bodyBlock))

/** Scratch: the branches' blocks. */
export const branchStep =
  (step: Branch, branches: readonly CompiledProgram[]): RunStep =>
  (at, blocks) =>
    runBranch(step, at, (chosen, inputs, outputs) =>
      onBlock(branches[chosen], blocks[chosen])(inputs, outputs),
    )
