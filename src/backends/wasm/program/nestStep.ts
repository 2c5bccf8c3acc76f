import type { Placement } from '../../../ir/backend.js'
import { internal } from '../../../ir/errors.js'
import type { MatrixStep } from '../contract/multiplication.js'
import type { KernelPlan } from '../nest/kernelCode.js'
import type { SharedFunction } from '../threads/pool.js'
import { kernelTime } from '../threads/work.js'
import type { Exports } from '../webAssembly.js'
import type { Activation } from './activation.js'
import type { CompiledStep } from './compiledStep.js'
import type { KernelModule, LinkedModule, ModuleKernel } from './kernelModule.js'
import type { Linking } from './linking.js'

/** The scratch of a step that needs none. */
const none: readonly never[] = []

/** A kernel that has points, as a step: shared by threads where it is worth their while, or run for some of its units. */
export class NestStep implements CompiledStep {
  readonly scratch = none
  /** About how long one thread takes for it. */
  readonly nanoseconds: number
  readonly placements: readonly Placement[]
  readonly #kernel: ModuleKernel
  readonly #units: number
  readonly #isShareable: boolean
  #made: SharedFunction | null = null
  #call: Exports[string] | null = null

  readonly #linking: Linking

  constructor({ kernel, callsHost, units }: KernelPlan, own: ModuleKernel, linking: Linking) {
    this.#linking = linking

    const { pool } = linking
    this.#kernel = own
    this.#units = units
    this.nanoseconds = kernelTime(kernel)
    this.#isShareable = pool !== null && units > 1 && this.nanoseconds >= pool.leastShared && !callsHost
    if (this.#isShareable) pool?.expect(this.nanoseconds)
    this.placements = [new KernelPlacement(own, linking.module)]
  }

  run({ base }: Activation): void {
    const { nanoseconds } = this
    const units = this.#units
    if (this.#isShareable)
      this.#linking.pool?.run({ functions: [this.#shared(base)], units, nanoseconds, fineness: 4 })
    else this.#runUnits(base, 0, units)
  }

  /** With the buffers of a table of addresses. */
  unitsOf(table: number): MatrixStep {
    return {
      nanoseconds: this.nanoseconds,
      run: (from, to) => this.#runUnits(table, from, to),
      shared: () => this.#shared(table),
    }
  }

  #runUnits(table: number, from: number, to: number): void {
    this.#call ??= this.#linking.linked().exports[this.#kernel.name]
    this.#call(table, from, to)
  }

  #shared(table: number): { readonly of: SharedFunction; readonly table: number } {
    this.#made ??= sharedFunction(this.#linking.linked(), this.#kernel)
    return { of: this.#made, table }
  }
}

class KernelPlacement implements Placement {
  readonly where = 'WebAssembly'
  readonly within = none

  readonly #kernel: ModuleKernel
  readonly #module: KernelModule

  constructor(kernel: ModuleKernel, module: KernelModule) {
    this.#kernel = kernel
    this.#module = module
  }

  get sources(): readonly string[] {
    return [this.#module.text(this.#kernel)]
  }
}

export const nestStep = (plan: KernelPlan, linking: Linking): NestStep =>
  new NestStep(plan, linking.module.add(plan), linking)

const sharedFunction = ({ exports, shared }: LinkedModule, { name, index }: ModuleKernel): SharedFunction => {
  if (shared === null) throw internal('wasm: threads need a shared memory.')
  return { module: shared, index, call: exports[name] }
}
