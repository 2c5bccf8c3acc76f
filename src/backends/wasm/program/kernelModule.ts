import type { Expr } from '../../../graph/kernel/expr.js'
import type { Kernel } from '../../../graph/kernel/program.js'
import { type FunctionRef, ModuleBuilder } from '../assembler/moduleBuilder.js'
import { i32 } from '../assembler/scalars.js'
import type { Arena } from '../memory/arena.js'
import { type KernelPlan, planKernel, writeKernel } from '../nest/kernelCode.js'
import { operandsFirst } from '../nest/operands.js'
import { ScalarCalls } from '../vector/scalarCalls.js'
import type { Exports, WebAssemblyPlatform } from '../webAssembly.js'

/**
 * A kernel of a module: once that is linked, the function `name` of the table of its buffers' addresses, and the units
 * `from … to − 1` that it computes. Units do not depend on each other.
 */
export type ModuleKernel = {
  readonly units: number
  /** For people. */
  readonly text: () => string
  readonly name: string
}

const expressionsOf = ({ reduction, outputs }: Kernel): readonly Expr[] => [
  ...(reduction?.element ?? []),
  ...(reduction?.combine ?? []),
  ...outputs.map((o) => o.value),
]

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

  add(kernel: Kernel): ModuleKernel {
    const plan = planKernel(kernel)
    const name = `${this.kernels.length} ${kernel.name}`
    this.kernels.push({ name, plan })
    return { name, units: plan.units, text: () => this.text(name, plan) }
  }

  private builder(plans: readonly KernelPlan[]): {
    readonly module: ModuleBuilder
    readonly calls: ScalarCalls
  } {
    const module = new ModuleBuilder({ module: 'engine', name: 'memory', ...this.arena.limits })
    const calls = new ScalarCalls(module)
    for (const { kernel } of plans)
      for (const e of operandsFirst(expressionsOf(kernel))) if (e.op === 'apply') calls.declare(e)
    return { module, calls }
  }

  private text(name: string, plan: KernelPlan): string {
    const { module, calls } = this.builder([plan])
    return module.text(writeInto(module, calls, name, plan))
  }

  /** The functions of all kernels, by name. */
  link(): Exports {
    if (this.kernels.length === 0) return {}
    const { module, calls } = this.builder(this.kernels.map((k) => k.plan))
    for (const { name, plan } of this.kernels) writeInto(module, calls, name, plan)
    const { Module, Instance } = this.platform
    return new Instance(new Module(module.toBytes()), {
      engine: { memory: this.arena.memory },
      scalar: calls.functions,
    }).exports
  }
}
