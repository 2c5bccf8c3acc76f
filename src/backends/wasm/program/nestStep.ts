import { internal } from '../../../graph/errors.js'
import type { MatrixStep } from '../contract/multiplication.js'
import type { KernelPlan } from '../nest/kernelCode.js'
import type { SharedFunction } from '../threads/pool.js'
import { kernelTime } from '../threads/work.js'
import type { Exports } from '../webAssembly.js'
import type { CompiledStep } from './compiledStep.js'
import type { LinkedModule } from './kernelModule.js'
import type { Linking } from './linking.js'

/** A kernel as a step; or, where units are what is wanted, as what is done for some of them. */
export type NestStep = CompiledStep & {
  /** About what one thread takes for it. */
  readonly nanoseconds: number
  /** With the buffers of a table of addresses. */
  readonly unitsOf: (table: number) => MatrixStep
}

/** A kernel that has points, by threads where it is worth their while. */
export const nestStep = (plan: KernelPlan, { module, linked, pool }: Linking): NestStep => {
  const { kernel, callsHost, units } = plan
  const { name, index, text } = module.add(plan)
  const nanoseconds = kernelTime(kernel)
  const isShareable = pool !== null && units > 1 && nanoseconds >= pool.leastShared && !callsHost
  if (isShareable) pool.expect(nanoseconds)
  let made: SharedFunction | null = null
  const whole = (): SharedFunction => {
    made ??= sharedFunction(linked(), name, index)
    return made
  }
  let call: Exports[string] | null = null
  const run = (table: number, from: number, to: number): void => {
    call ??= linked().exports[name]
    call(table, from, to)
  }
  return {
    run: ({ base }) => {
      if (isShareable)
        pool.run({ functions: [{ of: whole(), table: base }], units, nanoseconds, fineness: 4 })
      else run(base, 0, units)
    },
    unitsOf: (table) => ({
      nanoseconds,
      run: (from, to) => run(table, from, to),
      shared: () => ({ of: whole(), table }),
    }),
    nanoseconds,
    scratch: [],
    placements: [
      {
        where: 'WebAssembly',
        get sources() {
          return [text()]
        },
        within: [],
      },
    ],
  }
}

const sharedFunction = ({ exports, shared }: LinkedModule, name: string, index: number): SharedFunction => {
  if (shared === null) throw internal('wasm: threads need a shared memory.')
  return { module: shared, index, call: exports[name] }
}
