import { sizeOf } from '../../../ir/aval.js'
import type { Placement } from '../../../ir/backend.js'
import type { BufferId } from '../../../ir/expr.js'
import { bytesOf, reads, writes } from '../../../ir/memory.js'
import {
  type Contract,
  type HostStep,
  type Kernel,
  type Program,
  type Reduction,
  type Step,
  spaceOf,
} from '../../../ir/program.js'
import { sumOfProducts } from '../../../ir/sumOfProducts.js'
import { longContraction } from '../contract/longContraction.js'
import { isMultiplication, planMultiplication } from '../contract/plan.js'
import { planKernel } from '../nest/kernelCode.js'
import { partialReduction } from '../nest/partialReduction.js'
import { Activation } from './activation.js'
import { type CompiledStep, controlled, onHost } from './compiledStep.js'
import { branchStep, loopStep, whileStep } from './controlFlow.js'
import { callbackStep, hostStep } from './hostSteps.js'
import type { Linking } from './linking.js'
import { multiplicationStep } from './multiplicationStep.js'
import { nestStep } from './nestStep.js'
import { type Places, placesOf } from './places.js'
import { type PlannedStep, type RowGroup, rowGroups } from './rowGroups.js'
import { rowsStep } from './rowsStep.js'
import { isByRow, scatterStep } from './scatterStep.js'

/** A program over a block of memory, which it divides itself. */
export class CompiledProgram {
  /** The steps, as they go together. A plan is kept only where it says how those of a group do. */
  readonly groups: readonly RowGroup[]
  readonly #compiled: readonly CompiledStep[]
  readonly #places: Places
  /** Entries of the table of addresses. */
  #table: number
  /** Where each output is first among them. */
  readonly #firstOutputs: ReadonlyMap<BufferId, number>
  /** Outputs that are inputs, or other outputs too. */
  readonly #copies: readonly { readonly from: BufferId; readonly output: number }[]

  readonly #program: Program
  readonly #linking: Linking

  constructor(program: Program, linking: Linking) {
    this.#program = program
    this.#linking = linking

    this.#table = program.buffers.length
    const [groups, compiled]: [RowGroup[], CompiledStep[]] = [[], []]
    for (const group of rowGroups(program.steps.map(withoutSmallContractions), program.buffers)) {
      compiled.push(this.#group(group))
      const { steps } = group
      groups.push(steps.length > 1 ? group : { ...group, steps: [{ ...steps[0], plan: null }] })
    }
    this.groups = groups
    this.#compiled = compiled
    this.#places = placesOf(
      program,
      this.groups.map((g) => g.steps),
      this.#table,
      this.#compiled.map((c) => c.scratch),
    )
    const inputs = new Set(program.inputs)
    this.#firstOutputs = new Map(program.outputs.map((id, i) => [id, i] as const).reverse())
    this.#copies = program.outputs.flatMap((from, output) =>
      inputs.has(from) || this.#firstOutputs.get(from) !== output ? [{ from, output }] : [],
    )
  }

  /** The size of the block. */
  get bytes(): number {
    return this.#places.bytes
  }

  /** Intermediates that are in the memory of an output. */
  get inOutputs(): ReadonlyMap<BufferId, BufferId> {
    return this.#places.inOutputs
  }

  get placements(): readonly Placement[] {
    return this.#compiled.flatMap((c) => c.placements)
  }

  /** Writes the addresses of intermediates to the block's table; before the first run there. */
  prepare(base: number): void {
    const at = this.#activation(base)
    for (const [id, place] of this.#places.buffers) at.setAddress(id, base + place)
  }

  #activation(base: number): Activation {
    return new Activation(this.#linking.arena, base, this.#program.buffers)
  }

  /** Runs on arrays at addresses; outputs overlap neither the block nor, but where that is harmless, inputs. */
  run(base: number, inputs: readonly number[], outputs: readonly number[]): void {
    const [program, places, compiled, copies] = [
      this.#program,
      this.#places,
      this.#compiled,
      this.#copies,
    ] as const
    const at = this.#activation(base)
    for (const [id, i] of this.#firstOutputs) at.setAddress(id, outputs[i])
    program.inputs.forEach((id, i) => {
      at.setAddress(id, inputs[i])
    })
    for (const [id, output] of places.inOutputs) at.setAddress(id, at.addressOf(output))
    for (let i = 0; i < compiled.length; i++)
      compiled[i].run(
        at,
        places.scratch[i].map((place) => base + place),
      )
    for (const { from, output } of copies) {
      const { dtype, shape } = program.buffers[from]
      at.arena.view(dtype, outputs[output], sizeOf(shape)).set(at.view(from))
    }
  }

  #group({ steps, rows }: RowGroup): CompiledStep {
    const plans = steps.flatMap(({ plan }) => (plan === null ? [] : [plan]))
    if (steps.length === 1)
      return plans.length === 1 ? nestStep(plans[0], this.#linking) : this.#step(steps[0])
    const { buffers } = this.#program
    const touched = new Set(steps.flatMap(({ step }) => [...reads(step), ...writes(step)]))
    const bytes = [...touched].reduce((sum, id) => sum + bytesOf(buffers[id]), 0)
    return rowsStep(plans, rows, bytes, this.#linking)
  }

  #step({ step, parts }: PlannedStep): CompiledStep {
    const [program, linking] = [this.#program, this.#linking] as const
    switch (step.kind) {
      case 'kernel':
        return this.#kernel(step, parts)
      case 'contract':
        return this.#contraction(step)
      case 'host':
        return this.#host(step)
      case 'callback':
        return onHost(callbackStep(step), 'a function of the host')
      case 'loop': {
        const body = new CompiledProgram(step.body, linking)
        return controlled(
          'a loop of the host',
          loopStep(step, body),
          [body],
          step.carried.map((id) => bytesOf(program.buffers[id])),
        )
      }
      case 'while': {
        const programs = [
          new CompiledProgram(step.condition, linking),
          new CompiledProgram(step.body, linking),
        ] as const
        return controlled(
          'a loop of the host, which reads the condition',
          whileStep(step, ...programs),
          programs,
          [1, ...step.carried.map((id) => bytesOf(program.buffers[id]))],
        )
      }
      case 'branch': {
        const branches = step.branches.map((b) => new CompiledProgram(b, linking))
        return controlled('chosen on the host', branchStep(step, branches), branches, [])
      }
    }
  }

  #host(step: HostStep): CompiledStep {
    const { call } = step
    const specs = this.#program.buffers
    return call.routine === 'scatter' && isByRow(call, specs[step.outputs[0]].shape)
      ? scatterStep(call, step, specs, this.#linking)
      : onHost(hostStep(step, specs), `${call.routine} is a routine of the host`)
  }

  #contraction(step: Contract): CompiledStep {
    const partial = this.#table
    const long = longContraction(step, partial)
    if (long === null) return this.#multiplication(step)
    this.#table++
    const [parts, whole] = [this.#multiplication(long.parts), this.#nest(long.whole)]
    return {
      run: (at, [sums, ...scratch]) => {
        at.setAddress(partial, sums)
        parts.run(at, scratch)
        whole.run(at, [])
      },
      scratch: [4 * sizeOf(spaceOf(long.parts)), ...parts.scratch],
      placements: [
        inOnePlace(`${parts.placements[0].where}, in ${long.parts.batch[0]} parts`, [parts, whole]),
      ],
    }
  }

  #multiplication(step: Contract): CompiledStep {
    const plan = planMultiplication(step, this.#program.inputs, this.#table)
    this.#table += 3
    return multiplicationStep(plan, this.#linking)
  }

  /** A kernel in parts, or without points. */
  #kernel(kernel: Kernel, parts: number): CompiledStep {
    const { reduction } = kernel
    return reduction === null || parts === 1
      ? onHost(() => {}, 'nothing to compute')
      : this.#inParts(kernel, reduction, parts)
  }

  /** The parts of a reduction, and the reduction that joins them. */
  #inParts(kernel: Kernel, reduction: Reduction, count: number): CompiledStep {
    const first = this.#table
    const divided = partialReduction(kernel, reduction, count, (slot) => first + slot)
    if (divided === null) return this.#nest(kernel)
    this.#table += reduction.init.length
    const [parts, whole] = [this.#nest(divided.parts), this.#nest(divided.whole)]
    return {
      run: (at, scratch) => {
        scratch.forEach((place, slot) => {
          at.setAddress(first + slot, place)
        })
        parts.run(at, [])
        whole.run(at, [])
      },
      scratch: reduction.init.map(({ dtype }) => bytesOf({ shape: divided.parts.space, dtype })),
      placements: [inOnePlace(`WebAssembly, in ${count} parts`, [parts, whole])],
    }
  }

  #nest(kernel: Kernel): CompiledStep {
    return nestStep(planKernel(kernel), this.#linking)
  }
}

/** Where a step is that several others do. */
const inOnePlace = (where: string, steps: readonly CompiledStep[]): Placement => ({
  where,
  get sources() {
    return steps.flatMap((s) => s.placements.flatMap((p) => p.sources))
  },
  within: [],
})

/** Contractions that are not worth packing are reductions. */
const withoutSmallContractions = (step: Step): Step =>
  step.kind === 'contract' && !(isMultiplication(step) && sizeOf(spaceOf(step)) > 0)
    ? sumOfProducts(step)
    : step
