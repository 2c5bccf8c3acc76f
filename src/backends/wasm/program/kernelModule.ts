import type { BufferId } from '../../../ir/expr.js'
import { kernelNodes } from '../../../ir/nests.js'
import { type FunctionRef, type ModuleBuilder, perform } from '../assembler/moduleBuilder.js'
import { i32 } from '../assembler/scalars.js'
import type { Value } from '../assembler/value.js'
import type { Arena } from '../memory/arena.js'
import { functionsOf, moduleOver } from '../memory/memoryModule.js'
import { type KernelPlan, writeKernel } from '../nest/kernelCode.js'
import { kernelShape } from '../nest/kernelShape.js'
import { SharedModule } from '../threads/pool.js'
import { ScalarCalls } from '../vector/scalarCalls.js'
import type { Exports, WebAssemblyPlatform } from '../webAssembly.js'

/** The functions of all kernels, by name; and the module, for threads. */
export type LinkedModule = { readonly exports: Exports; readonly shared: SharedModule | null }

/** The common part of kernels of one shape: the plan of the first of them, and its buffers, in the order in which these occur. */
type Shape = { readonly plan: KernelPlan; readonly buffers: readonly BufferId[] }

/**
 * A kernel of a module: once that is linked, the function `name` of the table of its buffers' addresses, and the units
 * `from … to − 1` that it computes.
 */
export type ModuleKernel = {
  readonly name: string
  /** Its place among the module's exports. */
  readonly index: number
  readonly shape: Shape
  /** Its own buffers, in the order in which its shape has them. */
  readonly buffers: readonly BufferId[]
}

const addressIn = (table: Value<'i32'>, buffer: BufferId): Value<'i32'> => i32.load(table, 4 * buffer)

const writeInto = (
  module: ModuleBuilder,
  calls: ScalarCalls,
  { name, shape, buffers }: ModuleKernel,
): FunctionRef =>
  module.procedure(name, ['i32', 'i32', 'i32'], (body, table, from, to) =>
    writeKernel(
      body,
      shape.plan,
      calls,
      (buffer) => addressIn(table, buffers[shape.buffers.indexOf(buffer)]),
      from,
      to,
    ),
  )

/** The code of kernels of one shape: of the addresses of their buffers. */
const writeShared = (
  module: ModuleBuilder,
  calls: ScalarCalls,
  name: string,
  { plan, buffers }: Shape,
): FunctionRef<null> => {
  const parameters = ['i32', 'i32', ...buffers.map(() => 'i32' as const)] as const
  return module.inner(name, parameters, (body, from, to, ...addresses) =>
    writeKernel(body, plan, calls, (buffer) => addresses[buffers.indexOf(buffer)], from, to),
  )
}

/** A kernel that runs another's code on its own buffers. */
const writeCall = (
  module: ModuleBuilder,
  name: string,
  shared: FunctionRef<null>,
  buffers: readonly BufferId[],
): FunctionRef =>
  module.procedure(name, ['i32', 'i32', 'i32'], (body, table, from, to) =>
    body.do(perform(shared, from, to, ...buffers.map((buffer) => addressIn(table, buffer)))),
  )

/** The kernels of a program, in one module. Those of one shape are written once, and take one plan. */
export class KernelModule {
  readonly #kernels: ModuleKernel[] = []
  readonly #shapes = new Map<string, Shape>()

  readonly #platform: WebAssemblyPlatform
  readonly #arena: Arena

  constructor(platform: WebAssemblyPlatform, arena: Arena) {
    this.#platform = platform
    this.#arena = arena
  }

  add(plan: KernelPlan): ModuleKernel {
    const index = this.#kernels.length
    const { key, buffers } = kernelShape(plan)
    const shape = this.#shapes.get(key) ?? { plan, buffers }
    this.#shapes.set(key, shape)
    const kernel = { name: `${index} ${plan.kernel.name}`, index, shape, buffers }
    this.#kernels.push(kernel)
    return kernel
  }

  #builder(
    shapes: Iterable<Shape>,
    keepsText: boolean,
  ): { readonly module: ModuleBuilder; readonly calls: ScalarCalls } {
    const module = moduleOver(this.#arena, keepsText)
    const calls = new ScalarCalls(module)
    for (const { plan } of shapes)
      for (const e of kernelNodes(plan.kernel)) if (e.op === 'apply') calls.declare(e)
    return { module, calls }
  }

  /** A kernel's code, for people. */
  text(kernel: ModuleKernel): string {
    const { module, calls } = this.#builder([kernel.shape], true)
    return module.text(writeInto(module, calls, kernel))
  }

  link(): LinkedModule {
    if (this.#kernels.length === 0) return { exports: {}, shared: null }
    const { module, calls } = this.#builder(this.#shapes.values(), false)
    this.#write(module, calls)
    const [platform, arena] = [this.#platform, this.#arena] as const
    const bytes = module.toBytes()
    const exports = functionsOf(platform, arena, bytes, { scalar: calls.functions })
    return { exports, shared: arena.isShared ? new SharedModule(arena, bytes) : null }
  }

  #write(module: ModuleBuilder, calls: ScalarCalls): void {
    const counts = new Map<Shape, number>()
    for (const { shape } of this.#kernels) counts.set(shape, (counts.get(shape) ?? 0) + 1)
    const written = new Map<Shape, FunctionRef<null>>()
    for (const kernel of this.#kernels) {
      const { name, shape, buffers } = kernel
      if (counts.get(shape) === 1) {
        writeInto(module, calls, kernel)
        continue
      }
      const shared = written.get(shape) ?? writeShared(module, calls, name, shape)
      written.set(shape, shared)
      writeCall(module, name, shared, buffers)
    }
  }
}
