import type { KernelPlan } from '../nest/kernelCode.js'
import type { CompiledStep } from './compiledStep.js'
import type { Linking } from './linking.js'
import { nestStep } from './nestStep.js'

/** Bytes that a part of the rows reads and writes, at most: they stay in a core's own cache. */
const partBytes = 1 << 20

/**
 * Kernels of `rows` rows each, whose row i needs of the earlier ones only row i: part by part of the rows, from the first kernel to
 * the last. `bytes`: the size of all their buffers.
 */
export const rowsStep = (
  plans: readonly KernelPlan[],
  rows: number,
  bytes: number,
  linking: Linking,
): CompiledStep => {
  const { pool } = linking
  const nests = plans.map((plan) => nestStep(plan, linking))
  const nanoseconds = nests.reduce((sum, nest) => sum + nest.nanoseconds, 0)
  pool?.expect(nanoseconds)
  const parts = Math.min(rows, Math.ceil(bytes / partBytes))
  return {
    run: ({ base }) => {
      const own = nests.map((nest) => nest.unitsOf(base))
      if (pool !== null && nanoseconds >= pool.leastShared)
        pool.run({ functions: own.map((o) => o.shared()), units: rows, nanoseconds, fineness: parts })
      else
        for (let part = 0; part < parts; part++)
          for (const { run } of own)
            run(Math.floor((rows * part) / parts), Math.floor((rows * (part + 1)) / parts))
    },
    scratch: [],
    placements: nests.map((nest, i) => ({
      where: `WebAssembly, ${i === 0 ? 'with the next of them' : 'with those before'} part by part of ${rows} rows`,
      get sources() {
        return nest.placements[0].sources
      },
      within: [],
    })),
  }
}
