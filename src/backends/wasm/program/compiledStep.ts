import type { Placement } from '../../../ir/backend.js'
import type { RunStep } from './controlFlow.js'

export type CompiledStep = {
  readonly run: RunStep
  /** Sizes in bytes of the memory that it needs beside its buffers. */
  readonly scratch: readonly number[]
  /** One for each step of the program that it does. */
  readonly placements: readonly Placement[]
}

export const onHost = (run: RunStep, why: string): CompiledStep => ({
  run,
  scratch: [],
  placements: [{ where: `on the host: ${why}`, sources: [], within: [] }],
})

export const controlled = (
  where: string,
  run: RunStep,
  parts: readonly { readonly bytes: number; readonly placements: readonly Placement[] }[],
  more: readonly number[],
): CompiledStep => ({
  run,
  scratch: [...parts.map((p) => p.bytes), ...more],
  placements: [{ where, sources: [], within: parts.map((p) => p.placements) }],
})
