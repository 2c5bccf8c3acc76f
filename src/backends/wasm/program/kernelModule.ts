import type { FunctionRef, ModuleBuilder } from '../assembler/moduleBuilder.js'
import { i32 } from '../assembler/scalars.js'
import type { Arena } from '../memory/arena.js'
import { functionsOf, moduleOver } from '../memory/memoryModule.js'
import { type KernelPlan, writeKernel } from '../nest/kernelCode.js'
import { nodesOf } from '../nest/operands.js'
import { SharedModule } from '../threads/pool.js'
import { ScalarCalls } from '../vector/scalarCalls.js'
import type { Exports, WebAssemblyPlatform } from '../webAssembly.js'

/**
 * A kernel of a module: once that is linked, the function `name` of the table of its buffers' addresses, and the units
 * `from … to − 1` that it computes.
 */
export type ModuleKernel = {
  /** For people. */
  readonly text: () => string
  readonly name: string
  /** Its place among the module's exports. */
  readonly index: number
}

/** The functions of all kernels, by name; and the module, for threads. */
export type LinkedModule = { readonly exports: Exports; readonly shared: SharedModule | null }

const writeInto = (module: ModuleBuilder, calls: ScalarCalls, name: string, plan: KernelPlan): FunctionRef =>
  module.procedure(name, ['i32', 'i32', 'i32'], (body, table, from, to) =>
    writeKernel(body, plan, calls, (buffer) => i32.load(table, 4 * buffer), from, to),
  )

/** The kernels of a program, of which one module is made. */
export class KernelModule {
  private readonly kernels: { readonly name: string; readonly plan: KernelPlan }[] = []

  constructor(
    private readonly platform: WebAssemblyPlatform,
    private readonly arena: Arena,
  ) {}

  add(plan: KernelPlan): ModuleKernel {
    const index = this.kernels.length
    const name = `${index} ${plan.kernel.name}`
    this.kernels.push({ name, plan })
    return { name, index, text: () => this.text(name, plan) }
  }

  private builder(plans: readonly KernelPlan[]): {
    readonly module: ModuleBuilder
    readonly calls: ScalarCalls
  } {
    const module = moduleOver(this.arena)
    const calls = new ScalarCalls(module)
    for (const { kernel } of plans) for (const e of nodesOf(kernel)) if (e.op === 'apply') calls.declare(e)
    return { module, calls }
  }

  private text(name: string, plan: KernelPlan): string {
    const { module, calls } = this.builder([plan])
    return module.text(writeInto(module, calls, name, plan))
  }

  link(): LinkedModule {
    if (this.kernels.length === 0) return { exports: {}, shared: null }
    const { module, calls } = this.builder(this.kernels.map((k) => k.plan))
    for (const { name, plan } of this.kernels) writeInto(module, calls, name, plan)
    const { platform, arena } = this
    const bytes = module.toBytes()
    const exports = functionsOf(platform, arena, bytes, { scalar: calls.functions })
    return { exports, shared: arena.isShared ? new SharedModule(arena, bytes) : null }
  }
}
