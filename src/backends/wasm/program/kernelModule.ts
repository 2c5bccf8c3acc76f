import type { BufferId } from '../../../graph/kernel/expr.js'
import { type FunctionRef, type ModuleBuilder, perform } from '../assembler/moduleBuilder.js'
import { i32 } from '../assembler/scalars.js'
import type { Value } from '../assembler/value.js'
import type { Arena } from '../memory/arena.js'
import { functionsOf, moduleOver } from '../memory/memoryModule.js'
import { type KernelPlan, writeKernel } from '../nest/kernelCode.js'
import { kernelShape } from '../nest/kernelShape.js'
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

type Named = { readonly name: string; readonly plan: KernelPlan }

const addressIn = (table: Value<'i32'>, buffer: BufferId): Value<'i32'> => i32.load(table, 4 * buffer)

const writeInto = (module: ModuleBuilder, calls: ScalarCalls, { name, plan }: Named): FunctionRef =>
  module.procedure(name, ['i32', 'i32', 'i32'], (body, table, from, to) =>
    writeKernel(body, plan, calls, (buffer) => addressIn(table, buffer), from, to),
  )

/** The code of kernels of one shape: of the addresses of their buffers, in the order in which these occur. */
const writeShared = (
  module: ModuleBuilder,
  calls: ScalarCalls,
  { name, plan }: Named,
  buffers: readonly BufferId[],
): FunctionRef<null> => {
  const parameters = ['i32', 'i32', ...buffers.map(() => 'i32' as const)] as const
  return module.inner(name, parameters, (body, from, to, ...addresses) =>
    writeKernel(body, plan, calls, (buffer) => addresses[buffers.indexOf(buffer)], from, to),
  )
}

/** A kernel that is another's code, of its own buffers. */
const writeCall = (
  module: ModuleBuilder,
  name: string,
  shared: FunctionRef<null>,
  buffers: readonly BufferId[],
): FunctionRef =>
  module.procedure(name, ['i32', 'i32', 'i32'], (body, table, from, to) =>
    body.do(perform(shared, from, to, ...buffers.map((buffer) => addressIn(table, buffer)))),
  )

/** The kernels of a program, of which one module is made. */
export class KernelModule {
  private readonly kernels: Named[] = []

  constructor(
    private readonly platform: WebAssemblyPlatform,
    private readonly arena: Arena,
  ) {}

  add(plan: KernelPlan): ModuleKernel {
    const index = this.kernels.length
    const name = `${index} ${plan.kernel.name}`
    this.kernels.push({ name, plan })
    return { name, index, text: () => this.text({ name, plan }) }
  }

  private builder(
    kernels: readonly Named[],
    keepsText: boolean,
  ): { readonly module: ModuleBuilder; readonly calls: ScalarCalls } {
    const module = moduleOver(this.arena, keepsText)
    const calls = new ScalarCalls(module)
    for (const { plan } of kernels)
      for (const e of nodesOf(plan.kernel)) if (e.op === 'apply') calls.declare(e)
    return { module, calls }
  }

  private text(kernel: Named): string {
    const { module, calls } = this.builder([kernel], true)
    return module.text(writeInto(module, calls, kernel))
  }

  link(): LinkedModule {
    if (this.kernels.length === 0) return { exports: {}, shared: null }
    const { module, calls } = this.builder(this.kernels, false)
    this.write(module, calls)
    const { platform, arena } = this
    const bytes = module.toBytes()
    const exports = functionsOf(platform, arena, bytes, { scalar: calls.functions })
    return { exports, shared: arena.isShared ? new SharedModule(arena, bytes) : null }
  }
  /** Kernels of one shape are written once; the table names the buffers of each. */
  private write(module: ModuleBuilder, calls: ScalarCalls): void {
    const shapes = this.kernels.map(({ plan }) => kernelShape(plan))
    const counts = new Map<string, number>()
    for (const { key } of shapes) counts.set(key, (counts.get(key) ?? 0) + 1)
    const written = new Map<string, FunctionRef<null>>()
    this.kernels.forEach((kernel, i) => {
      const { key, buffers } = shapes[i]
      if (counts.get(key) === 1) {
        writeInto(module, calls, kernel)
        return
      }
      const shared = written.get(key) ?? writeShared(module, calls, kernel, buffers)
      written.set(key, shared)
      writeCall(module, kernel.name, shared, buffers)
    })
  }
}
