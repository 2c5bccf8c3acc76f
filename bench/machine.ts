import { cpus, loadavg } from 'node:os'

/** What the figures depend on. */
export type Machine = {
  readonly processor: string
  readonly cores: number
  readonly node: string
  /** Processes that wanted to run, over the last minute, before and after. */
  readonly load: readonly [number, number]
}

export const loadNow = (): number => loadavg()[0]

export const machine = (before: number): Machine => ({
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  node: process.version,
  load: [before, loadNow()],
})

export const machineText = ({ processor, cores, node, load }: Machine): string =>
  `${processor}, ${cores} cores, Node ${node}; load ${load[0].toFixed(2)} before, ${load[1].toFixed(2)} after`
