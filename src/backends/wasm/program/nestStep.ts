import { internal } from '../../../graph/errors.js'
import type { Kernel } from '../../../graph/kernel/program.js'
import type { MatrixStep } from '../contract/multiplication.js'
import type { SharedFunction } from '../threads/pool.js'
import { kernelTime } from '../threads/work.js'
import type { Exports } from '../webAssembly.js'
import type { CompiledStep } from './compiledStep.js'
import type { LinkedModule } from './kernelModule.js'
import type { Linking } from './linking.js'

/** A kernel as a step; or, where units are what is wanted, as what is done for some of them. */
export type NestStep = CompiledStep & {
  readonly units: number
  /** Whether unit i is the points i of the first axis that is longer than one. */
  readonly isByFirstAxis: boolean
  /** Whether threads can run it. */
  readonly isShareable: boolean
  /** With the buffers of a table of addresses. */
  readonly unitsOf: (table: number) => MatrixStep
}

/** A kernel that has points, by threads where it is worth their while. */
export const nestStep = (kernel: Kernel, { module, linked, pool }: Linking): NestStep => {
  const { name, index, units, isByFirstAxis, callsHost, text } = module.add(kernel)
  const nanoseconds = kernelTime(kernel)
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
      if (pool !== null && !callsHost && units > 1 && nanoseconds >= pool.leastShared)
        pool.run({ functions: [{ of: whole(), table: base }], units, nanoseconds, fineness: 4 })
      else run(base, 0, units)
    },
    units,
    isByFirstAxis,
    isShareable: !callsHost,
    unitsOf: (table) => ({
      nanoseconds,
      run: (from, to) => run(table, from, to),
      shared: () => ({ of: whole(), table }),
    }),
    scratch: [],
    placement: {
      where: 'WebAssembly',
      get sources() {
        return [text()]
      },
      within: [],
    },
  }
}

const sharedFunction = ({ exports, shared }: LinkedModule, name: string, index: number): SharedFunction => {
  if (shared === null) throw internal('wasm: threads need a shared memory.')
  return { module: shared, index, call: exports[name] }
}
